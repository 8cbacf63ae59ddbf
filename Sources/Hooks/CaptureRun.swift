internal import Capture
internal import Domain
internal import Glibc
internal import Platform
internal import Redaction
internal import Redis
package import Settings
internal import Storage
internal import Transcripts

/// The detached capturer: what a hook has no time for. Waits for the transcript to reach the disk, tells the registry
/// again that the session can be resumed, captures the transcript, deletes the note, and sees to older notes.
package struct CaptureRun {
    /// The last answer reaches the file up to 100 ms after Stop starts; five times that, then without.
    static let patience: Duration = .milliseconds(500)
    /// Older notes seen to on the way: a hook's child should not run for long.
    static let replayLimit = 8

    let settings: Settings
    /// False while the configuration is broken: without a person's own patterns of secrets no transcript is read, and
    /// the note waits until they are mended.
    let mayRead: Bool
    private let state: StateFolder
    private let spool: Spool

    package init(settings: Settings, mayRead: Bool = true) {
        self.settings = settings
        self.mayRead = mayRead
        state = settings.state
        spool = Spool(folder: state.spool)
    }

    /// Stands for the note's path where none could be written: there are older ones to see to.
    package static let noNote = "-"

    /// - Parameter note: the note's path, or `noNote`.
    package func run(note: String) {
        defer { SpoolSpace(settings: settings).mark(state) }
        var claim: Spool.Claim?
        if note != Self.noNote {
            guard let slash = note.lastIndex(of: "/"), String(note[..<slash]) == state.spool else { return }
            claim = spool.claim(String(note[note.index(after: slash)...]), for: ProcessTable.own)
            claim = claim?.cleaned(by: settings.configuration.redactor.cleaned)
            // Somebody else replays it: the companion, or the next capturer.
            guard claim != nil else { return }
        }
        let news = claim.map { waitForTranscript($0.news) }
        let registry = SessionRegistry(keys: settings.keys)
        do throws(RedisError) {
            var connection = try connect()
            if let held = claim, let news {
                mirror(news, try connection.run(registry.telling(news, at: HostClock.now())))
                claim = nil
                try capture(held, over: &connection)
            }
            try drain(registry, over: &connection)
        } catch {
            claim?.giveBack()
            log("note kept: \(error)")
        }
    }

    /// Sees to some older notes.
    private func drain(_ registry: SessionRegistry, over connection: inout RedisConnection) throws(RedisError) {
        spool.recover()
        let outcome = try NoteReplay(
            spool: spool, registry: registry, clean: settings.configuration.redactor.cleaned
        ).run(over: &connection, limit: Self.replayLimit)
        for refused in outcome.refused { log("note refused: \(refused)") }
        guard mayRead else { return }
        let host: String
        do throws(FileError) { host = try state.host() } catch { return log("older notes wait: \(error)") }
        let waiting = try WaitingCaptures(settings: settings, host: host).run(
            over: &connection, limit: Self.replayLimit, patience: .seconds(2), withHistory: false)
        for trouble in waiting.troubles { log("note waits: \(trouble)") }
    }

    /// - Throws: when Redis is away; the note waits then.
    private func capture(_ claim: Spool.Claim, over connection: inout RedisConnection) throws(RedisError) {
        guard claim.note.capture != nil else { return claim.finish() }
        ConfigDirectories(state: state).add(claim.news.configDirectory)
        guard mayRead else {
            claim.wait(in: spool)?.giveBack()
            return
        }
        let host: String
        do throws(FileError) {
            host = try state.host()
        } catch {
            // Under another name all of it would be captured a second time.
            claim.wait(in: spool)?.giveBack()
            return log("note waits: \(error)")
        }
        do throws(RedisError) {
            let verdict = try NoteCapture(settings: settings, host: host).run(
                claim.note, over: &connection, patience: Self.patience)
            switch verdict {
            case .done: claim.finish()
            case .wait: claim.wait(in: spool)?.giveBack()
            case .trouble(let reason):
                claim.wait(in: spool)?.giveBack()
                log("session \(claim.news.sessionID) is not captured yet: \(reason)")
            case .full:
                claim.wait(in: spool)?.giveBack()
                log("session \(claim.news.sessionID) waits to be captured: the queue is full")
            }
        } catch {
            claim.wait(in: spool)?.giveBack()
            throw error
        }
    }

    private func connect() throws(RedisError) -> RedisConnection {
        let starter = CompanionStarter(settings: settings)
        return try starter.connect(deadlines: .commandLine, patience: .seconds(2))
    }

    private func waitForTranscript(_ news: SessionNews) -> SessionNews {
        guard news.transcript == .unknown, !news.transcriptPath.isEmpty else { return news }
        var news = news
        let watch = Stopwatch(limit: Self.patience)
        repeat {
            if Files.isRegularFile(news.transcriptPath) {
                news.transcript = .found
                news.projectsFolder = ClaudeCode().storageMark(in: news.configDirectory)
                return news
            }
            usleep(20_000)
        } while !watch.isOver
        return news
    }

    private func mirror(_ news: SessionNews, _ standing: Standing?) {
        guard let binding = Binding(news), standing?.bound == news.sessionID else { return }
        do throws(FileError) {
            try BindingMirror(folder: state.bindings).save(binding)
        } catch {
            log("binding of \(binding.dispatchKey) not mirrored: \(error)")
        }
    }

    private func log(_ message: String) {
        HookLog(state: state).write("capture: \(message)", at: HostClock.now())
    }
}
