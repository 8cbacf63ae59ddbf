package import Domain
internal import Glibc
internal import Platform
internal import Redaction
package import Redis
package import Settings
package import Storage
package import Transcripts

/// Captures one transcript: reads from its cursor, filters, redacts, cuts into episodes, pushes. Run by the detached
/// capturer, by the companion and by people, at the same time if it so happens: the cursor is compared in the same step
/// that moves it.
package struct TranscriptCapture: Sendable {
    package struct Job: Sendable {
        package var request: CaptureRequest
        package var origin: EpisodeOrigin
        /// Leaves room in the queue for what is said now.
        package var isHistory = false
        /// A person named the file: it may lie anywhere.
        package var isTrusted = false

        package init(request: CaptureRequest, origin: EpisodeOrigin) {
            self.request = request
            self.origin = origin
        }
    }

    package enum Outcome: Sendable, Equatable {
        case captured(episodes: Int, bytes: Int64)
        /// Captured as far as it goes, but the agent's last words are not in the file yet.
        case answerMissing
        case missing
        case full
        /// Another process captures this file, longer than we had patience for.
        case busy
        case excluded(reason: String)
        case unreadable(reason: String)
    }

    let configuration: Configuration
    let state: StateFolder
    package let queue: EpisodeQueue
    private let conversations: Conversations
    private let redactor: Redactor
    private let sources: TranscriptSources

    /// The answer reaches the file up to 100 ms after Stop starts; five times that.
    package static let patience: Duration = .milliseconds(500)

    package init(settings: Settings, host: String, sources: TranscriptSources = .standard) {
        self.sources = sources
        configuration = settings.configuration
        state = settings.state
        queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        conversations = Conversations(keys: settings.keys)
        redactor = configuration.redactor
    }

    /// What cannot be read is marked, whoever tries and wherever it ends: nobody may have to look into a log to learn of it.
    /// - Parameter patience: how long to wait for the answer that the request names.
    package func run(
        _ job: Job, over connection: inout RedisConnection, patience: Duration = .zero
    ) throws(RedisError) -> Outcome {
        let outcome = try attempt(job, over: &connection, patience)
        if case .unreadable(let reason) = outcome { mark(job, "it cannot be read: \(reason)") }
        return outcome
    }

    /// Leaves word that what the session said is not captured, until it is.
    private func mark(_ job: Job, _ reason: String) {
        UncapturedMarks(state).add(job.origin.session, path: job.request.path, reason)
    }

    private func attempt(
        _ job: Job, over connection: inout RedisConnection, _ patience: Duration
    ) throws(RedisError) -> Outcome {
        let request = job.request
        if let outcome = forgotten(job.origin.session) { return outcome }
        let source = sources.source(of: job.isTrusted ? request.path : request.configDirectory)
        let transcript: any Transcript
        do throws(TranscriptRefusal) {
            transcript = try source.open(request.path, in: job.isTrusted ? nil : request.configDirectory)
        } catch {
            switch error {
            case .missing: return .missing
            case .unreadable(let error): return .unreadable(reason: "\(error)")
            case .untrusted(let reason):
                mark(job, reason)
                return .excluded(reason: reason)
            }
        }
        UncapturedMarks(state).remove(job.origin.session)
        let id = FileID(host: job.origin.host, path: transcript.path)
        guard let turn = turn(id) else { return .busy }
        defer { withExtendedLifetime(turn) {} }
        try followMove(of: transcript, id, job, &connection)
        TranscriptPlaces(state).add(transcript.path)
        // The loser of a race reads on from where the winner left the cursor.
        for _ in 0..<5 {
            do throws(Trouble) {
                if let outcome = try pass(over: transcript, id, job, &connection, patience) { return outcome }
            } catch {
                switch error {
                case .redis(let error): throw error
                case .file(let error): return .unreadable(reason: "\(error)")
                }
            }
        }
        return .busy
    }

    /// - Returns: nil where something of the session may be kept.
    private func forgotten(_ session: SessionID) -> Outcome? {
        do throws(FileError) {
            return try Tombstones(state).isWhole(session) ? .excluded(reason: Tombstone.reason) : nil
        } catch {
            return .unreadable(reason: "\(error)")
        }
    }

    /// Of a turn whose transcript never appeared the answer may be known by the hook's word, and what was asked is not.
    func markMissing(_ job: Job) {
        mark(job, "no transcript appeared there; what was asked is not kept")
    }

    /// A transcript that was captured under another path is read on from there: the place that was read farthest, of
    /// which this file still has all that was read.
    private func followMove(
        of transcript: any Transcript, _ id: FileID, _ job: Job, _ connection: inout RedisConnection
    ) throws(RedisError) {
        let others = TranscriptPlaces(state).others(of: transcript.path)
        guard !others.isEmpty else { return }
        let own = try connection.ask(queue.cursor(of: id))
        let cursors = try connection.ask(
            queue.cursors(of: others.map { FileID(host: job.origin.host, path: $0) }))
        let farther = cursors.filter { cursor in
            guard cursor.offset > 0, (cursor.generation, cursor.offset) > (own.generation, own.offset) else {
                return false
            }
            // What cannot be read now is read later, then from the start if need be.
            return (try? transcript.following(cursor)) == cursor
        }
        guard let farthest = farther.max(by: { ($0.generation, $0.offset) < ($1.generation, $1.offset) }) else {
            return
        }
        _ = try connection.run(queue.restoring(farthest, of: id, path: transcript.path))
    }

    private enum Trouble: Error {
        case redis(RedisError)
        case file(FileError)
    }

    /// The right to capture a file on this host.
    private struct Turn: ~Copyable {
        let lock: FileLock?
    }

    /// One capturer a file. Without the lock, as on a full disk, the cursor alone decides.
    /// - Returns: nil when another has it for longer than we wait.
    private func turn(_ id: FileID) -> Turn? {
        let watch = Stopwatch(limit: .seconds(5))
        repeat {
            do throws(FileError) {
                if let lock = try FileLock.take("\(state.locks)/capture-\(id)") { return Turn(lock: lock) }
            } catch {
                return Turn(lock: nil)
            }
            usleep(5000)
        } while !watch.isOver
        return nil
    }

    /// What a pass over a transcript hands on with each batch.
    private struct Passage {
        let transcript: any Transcript
        let job: Job
        var span: EpisodeSpan
        /// For the conversation of the key; nil where it has none.
        var heard: HeardMessages?
        /// Nil where the vault gets nothing from here.
        var handover: VaultHandover?
    }

    /// - Returns: nil when another process moved the cursor meanwhile.
    private func pass(
        over transcript: any Transcript, _ id: FileID, _ job: Job, _ connection: inout RedisConnection,
        _ patience: Duration
    ) throws(Trouble) -> Outcome? {
        let stored: Cursor
        do throws(RedisError) { stored = try connection.ask(queue.cursor(of: id)) } catch { throw .redis(error) }
        let awaited =
            configuration.filter.agentMessages == .omit
            ? nil : job.request.answer.map { AwaitedAnswer($0, end: job.request.size, redactor: redactor) }
        var reader: any TranscriptReader
        let cursor: Cursor
        let exclusions: Exclusions
        do throws(FileError) {
            cursor = try transcript.following(stored)
            exclusions = try Exclusions(
                of: job.origin.session, isSubagent: job.request.agentID != nil, state: state, sources: sources)
            var rules = ReadingRules(policy: configuration.filter, redactor: redactor, exclusions: exclusions)
            rules.awaited = awaited
            rules.countsCalls = true
            reader = try transcript.reader(from: cursor, rules)
        } catch {
            throw .file(error)
        }
        var span = EpisodeSpan(
            file: id, path: transcript.path, from: stored, to: cursor, limit: limit(job), origin: job.origin,
            filterMark: configuration.filter.mark, episodes: [])
        span.isHistory = job.isHistory
        var builder = EpisodeBuilder(file: id, from: cursor)
        var passage = Passage(
            transcript: transcript, job: job, span: span, heard: heardMessages(job),
            handover: handover(of: transcript, job, exclusions))
        var count = 0
        var isHeard = awaited == nil
        var isFirstLook = true
        let watch = Stopwatch(limit: patience)
        while true {
            while let entry = reader.next() {
                if let work = reader.ownWork { return .excluded(reason: work.reason) }
                passage.heard?.hear(entry)
                for batch in builder.add(entry) {
                    passage.span.calls = calls(of: &reader, before: batch.last?.bytes.upperBound ?? 0, job)
                    switch try push(batch, &passage, readTo: nil, &connection) {
                    case .pushed: count += batch.count
                    case .moved: return nil
                    case .full: return .full
                    }
                }
            }
            if let awaited {
                // Asked once: another capturer may have been faster.
                isHeard = reader.isHeard || isFirstLook && transcript.holds(awaited)
            }
            isFirstLook = false
            guard !isHeard, !watch.isOver else { break }
            usleep(10_000)
        }
        if let work = reader.ownWork { return .excluded(reason: work.reason) }
        if let batch = builder.finish(at: reader.position) {
            passage.span.calls = calls(of: &reader, before: reader.position, job)
            switch try push(batch, &passage, readTo: reader.cursor, &connection) {
            case .pushed: count += batch.count
            case .moved: return nil
            case .full: return .full
            }
        }
        if let failure = reader.failure { throw .file(failure) }
        return isHeard ? .captured(episodes: count, bytes: passage.span.to.offset - cursor.offset) : .answerMissing
    }

    /// The calls of tools that ended in what is pushed next.
    private func calls(
        of reader: inout any TranscriptReader, before end: Int64, _ job: Job
    ) -> [ToolCallTally] {
        reader.takeCalls(before: end, of: job.origin.session.rawValue)
    }

    /// - Parameter end: the cursor of the batch's end, of what was read; nil to look again, in the midst of a long file.
    private func push(
        _ batch: EpisodeBuilder.Batch, _ passage: inout Passage, readTo end: Cursor?,
        _ connection: inout RedisConnection
    ) throws(Trouble) -> PushOutcome {
        guard let last = batch.last else { return .pushed }
        passage.span.episodes = batch
        if let end {
            passage.span.to = end
        } else {
            do throws(FileError) {
                passage.span.to = try passage.transcript.cursor(
                    at: last.bytes.upperBound, generation: passage.span.to.generation)
            } catch {
                throw .file(error)
            }
        }
        passage.handover?.add(passage.span)
        let outcome: PushOutcome
        do throws(RedisError) {
            outcome = try tell(passage.heard?.take(), before: queue.pushing(passage.span), &connection)
        } catch {
            throw .redis(error)
        }
        if outcome == .pushed { passage.span.from = passage.span.to }
        return outcome
    }

    /// The companion keeps history itself.
    private func handover(of transcript: any Transcript, _ job: Job, _ exclusions: Exclusions) -> VaultHandover? {
        guard configuration.vault.isOn, !job.isHistory else { return nil }
        return VaultHandover(
            of: transcript, sources.source(of: transcript.path), job, exclusions, to: Intake(state))
    }

    private func heardMessages(_ job: Job) -> HeardMessages? {
        HeardMessages(of: job.origin, configuration.conversations, now: HostClock.wallMilliseconds)
    }

    /// Adds to the conversation, and in the same round trip runs what makes sure that nobody reads the words again. They lie
    /// in two slots of Redis: a message that is told twice stands there once, so neither a kill between the two nor a lost
    /// race costs or doubles one.
    private func tell<Script: RedisScript>(
        _ addition: ConversationAddition?, before script: Script, _ connection: inout RedisConnection
    ) throws(RedisError) -> Script.Answer {
        guard let addition else { return try connection.run(script) }
        let (added, answer) = try connection.run(conversations.adding(addition), before: script)
        // An episode is not lost for the sake of what is at hand for a day.
        if case .failure(let error) = added {
            HookLog(state: state).write(
                "capture: the conversation of \(addition.dispatchKey) lacks what was said: \(error)",
                at: HostClock.now())
        }
        return answer
    }

    private func limit(_ job: Job) -> Int64 {
        job.isHistory ? Self.historyShare(of: configuration.queueMaxSize) : configuration.queueMaxSize
    }

    /// What history may fill of the queue: the rest is for what is said now.
    static func historyShare(of limit: Int64) -> Int64 { max(1, limit * 4 / 5) }
}

extension TranscriptCapture {
    /// Makes an answer that its transcript never received an episode of its own.
    package func pushAnswer(_ job: Job, over connection: inout RedisConnection) throws(RedisError) -> AnswerOutcome {
        guard let said = job.request.answer else { return .archived }
        // As a note that was seen to holds it already: so its name is the same whoever comes first.
        let answer = redactor.cleaned(said)
        guard answer.utf8.contains(where: { $0 > 32 }) else { return .archived }
        let id = EpisodeID(session: job.origin.session, promptID: job.request.promptID, answer: answer)
        let entry = EpisodeEntry(
            uuid: "", hash: Checksum.fnv1a(answer).hexadecimal, role: .assistant, at: "", text: answer,
            subagent: job.request.agentID ?? "")
        // One whose tombstones cannot be read waits.
        guard var exclusions = try? Exclusions(of: job.origin.session, isSubagent: false, state: state) else {
            return .pushed
        }
        if exclusions.isForgotten || exclusions.cover(entry) { return .archived }
        let path = job.request.path
        let span = EpisodeSpan(
            file: FileID(host: job.origin.host, path: path), path: path, from: Cursor(), to: Cursor(),
            limit: configuration.queueMaxSize, origin: job.origin, filterMark: configuration.filter.mark,
            episodes: [.init(id: id, bytes: 0..<0, content: entry.json, entryCount: 1)])
        var heard = heardMessages(job)
        var message = entry
        message.at = ISOTime.text(HostClock.wallMilliseconds)
        heard?.hear(message)
        return try tell(heard?.take(), before: queue.pushingAnswer(span), &connection)
    }
}
