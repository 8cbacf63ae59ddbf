internal import Capture
internal import Domain
internal import Glibc
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// One hook, from stdin to the end: note where there is something to capture, detached capturer, registry in one round
/// trip. Elsewhere: registry, and a note unless Redis said yes. Never throws, never prints, never waits long.
package struct HookRun {
    package struct Outcome: Sendable {
        package var event: HookInput.Event
        /// What the model is to be shown: of a fresh session what it carries over, and titles of memories; else what is to be
        /// known of tools that fail.
        package var additionalContext: String?
        /// Why the call of a tool is refused.
        package var refusal: String?
    }

    let context: HookContext
    private let state: StateFolder
    private let spool: Spool
    private let mirror: BindingMirror

    package init(context: HookContext) {
        self.context = context
        state = context.settings.state
        spool = Spool(folder: state.spool)
        mirror = BindingMirror(folder: state.bindings)
    }

    /// - Parameter capturer: starts the detached capturer for a note; answers whether it did.
    /// - Returns: what became of the event, where it was recorded or noted.
    @discardableResult
    package func run(_ bytes: [UInt8], capturer: (_ note: String) -> Bool) -> Outcome? {
        let input: HookInput
        do throws(HookInput.Unusable) {
            input = try HookInput(bytes)
        } catch {
            log("input not used: \(error)")
            return nil
        }
        guard input.isOfWindows else { return run(input, capturer: capturer) }
        let own = input.mounted(at: context.driveRoot)
        return HookRun(context: context.seen(from: own)).run(own, capturer: capturer)
    }

    private func run(_ input: HookInput, capturer: (_ note: String) -> Bool) -> Outcome? {
        do throws(FileError) {
            if try Tombstones(state).isWhole(input.sessionID) { return nil }
        } catch {
            log("session \(input.sessionID) may be forgotten: \(error)")
            // Where no state folder can be used, nothing can be kept in it either.
            if Files.exists(state.forgotten) { return nil }
        }
        var key: DispatchKey?
        do throws(DispatchKey.Invalid) {
            key = try context.dispatchKey(input)
        } catch {
            log("HOLDFAST_KEY not used for session \(input.sessionID): \(error)")
        }
        let isOn: Bool
        do throws(ConfigurationError) {
            let rules = try context.settings.trackingRules()
            isOn = !context.isDisabled && rules.isTracked(key: key, project: context.project(input))
        } catch {
            log("session \(input.sessionID) not recorded: \(error)")
            switchRecording(input, isOn: false)
            return nil
        }
        switchRecording(input, isOn: isOn)
        guard isOn else { return nil }
        do throws(FileError) {
            try state.prepare()
        } catch {
            log("session \(input.sessionID): \(error)")
        }
        let host: String
        do throws(FileError) {
            host = try state.host()
        } catch {
            // Redis may lie elsewhere: it is told all the same.
            log("session \(input.sessionID) is told of under another host's name: \(error)")
            host = state.passingHost
        }
        let tools = ToolWatch(context: context, host: host)
        switch input.event {
        case .postToolUseFailure: return Outcome(event: input.event, additionalContext: tools.failed(input))
        case .preToolUse: return Outcome(event: input.event, refusal: tools.refusal(input))
        default: break
        }
        let news = context.news(input, key: key, host: host) { spool.hasPendingStart(of: input.sessionID) }
        let standing = record(input, news, capturer: capturer)
        if standing?.isToldOfTools == true {
            return Outcome(event: input.event, additionalContext: tools.recovery(input.sessionID))
        }
        let limit = Int(context.settings.configuration.conversations.maxContextCharacters)
        var carryOver = standing?.carryOver
        let summary = carryOver?.session.flatMap { SummaryFolder(state).text(of: $0) }
        carryOver?.summary = summary
        let carried = carryOver?.text(limit: limit)?.text
        var outcome = Outcome(event: input.event, additionalContext: carried)
        if let limit = context.recallLimit(news) {
            outcome.additionalContext = recall(input, news, limit: limit, behind: carried).text(behind: carried)
        }
        return outcome
    }

    /// The titles of the latest memories, those of the key first.
    private func recall(_ input: HookInput, _ news: SessionNews, limit: Int, behind carried: String?) -> Recall {
        var recall = Recall(limit: limit, behind: carried)
        let folder = RecallFolder(state)
        if let key = news.dispatchKey { folder.add(.key(key.rawValue), to: &recall) }
        let project = MemoryTitle.project(of: input.transcriptPath, session: input.sessionID.rawValue)
        if !project.isEmpty { folder.add(.project(project), to: &recall) }
        return recall
    }

    /// Leaves a mark where recording is switched off or on again, or the watcher would record what was said meanwhile.
    private func switchRecording(_ input: HookInput, isOn: Bool) {
        let now = context.now.wallMilliseconds
        do throws(FileError) {
            let gaps = try RecordingGaps(state: state, session: input.sessionID)
            guard gaps.isOpen == isOn, let (path, end) = transcript(input) else { return }
            if isOn { try gaps.end(at: end, now: now) } else { try gaps.begin(at: end, of: path, now: now) }
        } catch {
            log("session \(input.sessionID): recording is \(isOn ? "on" : "off"), and no mark says so: \(error)")
        }
    }

    /// The transcript and where it ends now. A session that is resumed from another folder is first told of
    /// under a path that does not exist: all slugs are searched then. Nil when it cannot be known.
    private func transcript(_ input: HookInput) -> (path: String, end: Int64)? {
        let client = context.client
        if context.isPlausible(input.transcriptPath, for: input.sessionID),
            let end = client.end(of: input.transcriptPath)
        {
            return (input.transcriptPath, end)
        }
        switch client.find(input.sessionID, in: context.configDirectory) {
        case .found(let path): return client.end(of: path).map { (path, $0) }
        case .absent: break
        // No storage at all: the very first session of this client.
        case .unknown: if client.hasStorage(in: context.configDirectory) { return nil }
        }
        return context.isPlausible(input.transcriptPath, for: input.sessionID) ? (input.transcriptPath, 0) : nil
    }

    /// - Returns: what the registry answered; nil where it is away.
    private func record(
        _ input: HookInput, _ news: SessionNews, capturer: (String) -> Bool
    ) -> Standing? {
        if input.event == .sessionStart { markEnvironment(input.sessionID) }
        // The note waits for the capturer, which sees the transcript a moment later than we do.
        let request = context.captureRequest(input, news)
        if request == nil { markUncaptured(input, news) }
        let note = request.flatMap { write(news, capture: $0) }
        // Without a note there are older ones to see to, or the spool would stay full.
        if request != nil, !capturer(note ?? CaptureRun.noNote) { log("no capturer for \(news.sessionID)") }
        do throws(RedisError) {
            let standing = try tell(news)
            mirrorBinding(news, standing)
            return standing
        } catch {
            log("\(news.kind.rawValue) of session \(news.sessionID) is noted only: \(error)")
            if note == nil { _ = write(news) }
            mirrorBlindly(news)
            return nil
        }
    }

    /// Leaves word where a turn ended whose transcript lies where nobody looks: an unmounted drive of Windows, a folder of
    /// another client; or of which the client says nothing. The status tells of it.
    private func markUncaptured(_ input: HookInput, _ news: SessionNews) {
        let isNamed = !input.transcriptPath.isEmpty
        // At its end a session may have had no turn, and then has no transcript.
        let events: [HookInput.Event] = isNamed ? [.stop, .stopFailure, .sessionEnd] : [.stop, .stopFailure]
        guard events.contains(input.event), !input.isSubagent, news.transcriptPath.isEmpty else { return }
        UncapturedMarks(state).add(
            news.sessionID, path: input.transcriptPath,
            isNamed ? "it lies outside of the client's projects" : "the client did not say where its transcript lies")
    }

    private func tell(_ news: SessionNews) throws(RedisError) -> Standing? {
        var connection = try RedisConnector(context.settings).connect(.hook)
        let registry = SessionRegistry(keys: context.settings.keys)
        return try connection.run(
            registry.telling(news, at: context.now, carryLimit: context.carryLimit(news)))
    }

    private func write(_ news: SessionNews, capture: CaptureRequest? = nil) -> String? {
        guard SpoolSpace.hasRoom(context.settings) else {
            log("no note of session \(news.sessionID): the spool is full; see 'holdfast status'")
            return nil
        }
        do throws(FileError) {
            return try spool.write(news, capture: capture, pid: getpid())
        } catch {
            log("no note of session \(news.sessionID): \(error)")
            return nil
        }
    }

    private func mirrorBinding(_ news: SessionNews, _ standing: Standing?) {
        guard let key = news.dispatchKey, let standing else { return }
        if standing.bound == news.sessionID, news.kind != .prompted, news.kind != .worked {
            save(news)
        } else if news.kind == .cleared {
            mirror.drop(key, session: news.sessionID)
        }
    }

    /// With Redis away the mirror is all a lookup has: what is surely right for the binding goes in.
    private func mirrorBlindly(_ news: SessionNews) {
        guard let key = news.dispatchKey, news.outerSession == nil else { return }
        switch news.kind {
        case .cleared: mirror.drop(key, session: news.sessionID)
        // A client that forks in silence tells of a resume, too: which session the key has then is told at the first turn.
        case .started where news.source == "resume" && mirror.binding(of: key) != nil: save(news)
        // Whose end it is nobody can say here.
        case .started, .resumeFailed, .dropped, .ended, .restored: break
        case .prompted, .stopped, .worked:
            if news.transcript == .found, mirror.binding(of: key).map({ $0.sessionID == news.sessionID }) ?? true {
                save(news)
            }
        }
    }

    private func save(_ news: SessionNews) {
        guard let binding = Binding(news) else { return }
        do throws(FileError) {
            try mirror.save(binding)
        } catch {
            log("binding of \(binding.dispatchKey) not mirrored: \(error)")
        }
    }

    /// What the session's tools start inherits its ID, so that a client among it knows that it is nested.
    private func markEnvironment(_ session: SessionID) {
        guard let path = context.settings.environment["CLAUDE_ENV_FILE"], path.hasPrefix("/") else { return }
        Files.append("export HOLDFAST_OUTER_SESSION=\(session)", to: path, limit: .max)
    }

    private func log(_ message: String) {
        HookLog(state: state).write(message, at: context.now)
    }
}
