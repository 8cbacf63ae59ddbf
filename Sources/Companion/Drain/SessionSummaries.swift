internal import Archive
internal import Domain
internal import LanguageModel
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage

/// Makes a summary of each session that ended or was quiet, by the memories of its episodes, and extends it where the session
/// went on. What is to be done is read off the archive: a kill between two steps leaves it to be done, and what was paid
/// for and stored is not asked for again.
package actor SessionSummaries {
    private let settings: LiveSettings
    private let client: RedisClient
    private let handle: ArchiveHandle
    private let ownership: ArchiveOwnership
    private let drain: Drain
    private let logger: Logger
    private let bell: Bell
    private let storedBell: Bell
    /// What failed: how often, and when it may be tried again; of a session that went on, nothing.
    private var failures: [SessionID: Failed] = [:]

    /// What was made and the archive did not take yet.
    private var unstored: [SessionID: SessionSummary] = [:]

    private struct Failed {
        /// Of what was captured so far: what comes later is tried at once.
        var capturedMilliseconds: Int64
        var count: Int64
        /// nil: not before the session goes on.
        var nextMilliseconds: Int64?
    }

    /// - Parameters:
    ///   - bell: rung when there may be something to summarise.
    ///   - storedBell: rung when a summary was stored.
    package init(
        settings: LiveSettings, client: RedisClient, handle: ArchiveHandle, ownership: ArchiveOwnership, drain: Drain,
        bell: Bell, storedBell: Bell, logger: Logger
    ) {
        self.settings = settings
        self.client = client
        self.handle = handle
        self.ownership = ownership
        self.drain = drain
        self.bell = bell
        self.storedBell = storedBell
        self.logger = logger
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "summaries of sessions", hurriedBy: bell) { [self] in await round() }
    }

    /// How far back sessions are summarised that have none: what was there long before costs nothing.
    private static let reach: Int64 = 7 * 86_400_000
    private static let rest: Duration = .seconds(300)
    /// While something else than time is waited for: the archive, a provider, another day's budget.
    private static let pause: Duration = .seconds(5)
    private static let pageSize = 20

    /// - Returns: when to look again, unless something is stored before.
    func round() async -> Duration {
        let configuration = settings.current.configuration
        guard configuration.summarisesSessions, configuration.provider.kind != .none else { return Self.pause }
        guard await ownership.isHeld else { return Self.pause }
        do {
            let now = HostClock.wallMilliseconds
            let waiting = try await handle.use { archive throws(ArchiveError) in
                try archive.unsummarised(since: now - Self.reach, limit: 200)
            }
            var next = Self.rest
            for session in waiting {
                let quiet = session.capturedMilliseconds + configuration.inactivityTimeoutSeconds * 1000
                if quiet > now, try await !hasEnded(session.session) {
                    next = min(next, .milliseconds(max(1000, min(quiet - now, 30_000))))
                    continue
                }
                if let failed = failures[session.session], failed.capturedMilliseconds >= session.capturedMilliseconds {
                    guard let time = failed.nextMilliseconds else { continue }
                    guard time <= now else {
                        next = min(next, .milliseconds(time - now))
                        continue
                    }
                }
                guard let model = await drain.modelToAsk() else { return Self.pause }
                guard try await summarise(session, model) else { return Self.pause }
                if Task.isCancelled { break }
            }
            return next
        } catch {
            logger.debug("no session is summarised now: \(error)")
            return .seconds(30)
        }
    }

    private func hasEnded(_ session: SessionID) async throws -> Bool {
        let registry = SessionRegistry(keys: settings.atStart.keys)
        let record = try await client.use { connection throws(RedisError) in
            try connection.ask(registry.session(session))
        }
        return record?.state == .ended
    }

    /// Part by part, each stored before the next is asked for.
    /// - Returns: whether the provider may be asked for another.
    private func summarise(_ waiting: UnsummarisedSession, _ model: ModelInUse) async throws -> Bool {
        let session = waiting.session
        guard try await storeWhatIsMade(of: session) else { return true }
        let project = try await project(of: waiting)
        var limit: Int?
        while !Task.isCancelled {
            let (earlier, memories) = try await handle.use { archive throws(ArchiveError) in
                let earlier = try archive.summary(ofSession: session)
                return (
                    earlier, try archive.memories(ofSession: session, madeAfter: earlier?.coveredMilliseconds ?? 0)
                )
            }
            let part = self.part(memories, limit: limit)
            guard let last = part.map(\.memory.madeMilliseconds).max() else { break }
            guard await drain.modelToAsk() != nil else { return false }
            let permit: CircuitGate.Permit
            switch await model.gate.permit() {
            case .wait: return false
            // One that tries whether the provider is back, too: no episode may be there to do it.
            case .call(let leave): permit = leave
            }
            let made: MadeMemory
            do throws(ModelFailure) {
                made = try await model.maker.summarise(
                    SessionPart(
                        session: session, dispatchKey: waiting.dispatchKey, project: project, earlier: earlier?.memory,
                        memories: part.sorted { $0.capturedMilliseconds < $1.capturedMilliseconds }))
            } catch {
                let isTooMuch = [.contextLength, .requestTooLarge].contains(error.failureClass.category)
                let size = part.reduce(0) { $0 + $1.memory.memory.outline(at: 0).utf8.count }
                let smaller = self.part(memories, limit: size / 2)
                guard isTooMuch, smaller.count < part.count, !Task.isCancelled else {
                    return await failed(error, waiting, model, permit)
                }
                // The model takes less than it is said to.
                await model.gate.failed(permit, error.failureClass, message: error.message)
                await drain.countSummary(error.inputTokens, error.outputTokens, key: waiting.dispatchKey)
                limit = size / 2
                continue
            }
            await model.gate.succeeded(permit)
            await drain.countSummary(made.answer.inputTokens, made.answer.outputTokens, key: waiting.dispatchKey)
            let captured = part.map(\.capturedMilliseconds).max() ?? 0
            var summary = SessionSummary(
                session: session, dispatchKey: waiting.dispatchKey, host: waiting.host, memory: made.memory,
                maker: made.maker, madeMilliseconds: max(HostClock.wallMilliseconds, last),
                capturedMilliseconds: max(captured, earlier?.capturedMilliseconds ?? 0), coveredMilliseconds: last)
            summary.madeOf = part.map(\.memory.episode)
            failures[session] = nil
            // What is paid for waits for the archive, and nobody is asked again.
            unstored[session] = summary
            guard try await storeWhatIsMade(of: session) else { return true }
        }
        return true
    }

    /// As many as a model takes at once; one at least.
    private func part(_ memories: [StoredSessionMemory], limit: Int?) -> [StoredSessionMemory] {
        // Beside them stand the summary so far, and what the model is told.
        var room = limit ?? Int(settings.current.configuration.provider.maxInputBytes) * 3 / 4
        var part: [StoredSessionMemory] = []
        for memory in memories {
            room -= memory.memory.memory.outline(at: 0).utf8.count
            if room < 0, let last = part.last, last.memory.madeMilliseconds != memory.memory.madeMilliseconds { break }
            part.append(memory)
        }
        return part
    }

    private func project(of waiting: UnsummarisedSession) async throws -> String {
        if waiting.dispatchKey.hasPrefix("dir:") { return String(waiting.dispatchKey.dropFirst(4)) }
        let registry = SessionRegistry(keys: settings.atStart.keys), session = waiting.session
        let record = try? await client.use { connection throws(RedisError) in
            try connection.ask(registry.session(session))
        }
        return record?.cwd ?? ""
    }

    /// - Returns: whether there was none, or it stands there.
    private func storeWhatIsMade(of session: SessionID) async throws -> Bool {
        guard let made = unstored[session] else { return true }
        let isStored = try await store(made)
        unstored[session] = nil
        return isStored
    }

    /// - Returns: whether it stands there.
    private func store(_ summary: SessionSummary) async throws -> Bool {
        let outcome = try await handle.use { archive throws(ArchiveError) in
            try archive.store(summary, nowMilliseconds: HostClock.wallMilliseconds)
        }
        let folder = SummaryFolder(settings.current.state)
        guard outcome == .stored else {
            folder.remove(summary.session)
            return false
        }
        storedBell.ring()
        // Nobody waits for what may be carried over.
        try? folder.write(summary.memory.carried(limit: SummaryFolder.limit), of: summary.session)
        logger.debug("a session is summarised", metadata: ["session": "\(summary.session)"])
        return true
    }

    /// - Returns: whether the provider may be asked for another session's.
    private func failed(
        _ failure: ModelFailure, _ waiting: UnsummarisedSession, _ model: ModelInUse, _ permit: CircuitGate.Permit
    ) async -> Bool {
        await drain.countSummary(failure.inputTokens, failure.outputTokens, key: waiting.dispatchKey)
        if Task.isCancelled {
            await model.gate.gaveUp(permit)
            return false
        }
        await model.gate.failed(permit, failure.failureClass, message: failure.message)
        note(failure, of: waiting)
        return !failure.failureClass.countsAgainstCircuit
    }

    private func note(_ failure: ModelFailure, of waiting: UnsummarisedSession) {
        let count = failures[waiting.session].map { $0.count + 1 } ?? 1
        let now = HostClock.wallMilliseconds
        let verdict = settings.current.configuration.retry.verdict(
            for: failure.failureClass, retryCount: count - 1, random: .random(in: 0..<1))
        failures[waiting.session] = Failed(
            capturedMilliseconds: waiting.capturedMilliseconds, count: count,
            nextMilliseconds: verdict.pause.map { now + $0 })
        logger.warning(
            "no summary of a session made",
            metadata: ["session": "\(waiting.session)", "error": "\(failure.message)"])
    }
}
