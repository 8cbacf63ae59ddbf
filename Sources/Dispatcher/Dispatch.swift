package import Domain
internal import Glibc
package import Operations
internal import Platform
internal import Settings

/// One dispatch: lock, lookup, attempt, and a fresh start where the attempt shows that the session does not exist.
package struct Dispatch {
    private let key: DispatchKey
    private let command: [String]
    private let place: Workplace
    private let wait: Duration
    private let explain: (SessionLookup.Result) -> Void
    private let complain: (String) -> Void

    /// How often a busy key is looked at again, in µs.
    private static let pause: UInt32 = 100_000

    /// The guard of a killed dispatch lets go a moment after the client is dead: that is no reason to call the key busy.
    private static let grace: Duration = .milliseconds(500)

    /// - Parameters:
    ///   - command: the client and its arguments, which are the last of this process's own.
    ///   - wait: how long for a busy key.
    ///   - explain: told what was found before the client starts.
    ///   - complain: told what a person should know, a sentence each time.
    package init(
        key: DispatchKey, command: [String], place: Workplace, wait: Duration,
        explain: @escaping (SessionLookup.Result) -> Void, complain: @escaping (String) -> Void
    ) {
        self.key = key
        self.command = command
        self.place = place
        self.wait = wait
        self.explain = explain
        self.complain = complain
    }

    /// - Returns: the client's exit code.
    /// - Throws: `ClientNotStarted`, `Failure` for a key that stays busy, and what the registry throws.
    package func run() throws -> Int32 {
        let deadline = ContinuousClock().now + wait
        let lock = try takeFileLock(until: deadline)
        let registry = RegistryLink(key: key, place: place, complain: complain)
        defer { registry.releaseLock() }
        var (result, reason) = try look(registry)
        while result.verdict == .busy {
            try pauseOrGiveUp(deadline, reason)
            (result, reason) = try look(registry)
        }
        explain(result)
        let code = try run(result, registry, lock.descriptor)
        _ = consume lock
        return code
    }

    /// On this host a file decides; it is free as soon as its holder is dead, however it died.
    private func takeFileLock(until deadline: ContinuousClock.Instant) throws -> FileLock {
        let path = "\(place.settings.state.locks)/\(Checksum.fnv1a(key.rawValue).hexadecimal).lock"
        let deadline = max(deadline, ContinuousClock().now + Self.grace)
        while true {
            if let lock = try FileLock.take(path) { return lock }
            try pauseOrGiveUp(deadline, "another dispatch runs on this host")
        }
    }

    private func pauseOrGiveUp(_ deadline: ContinuousClock.Instant, _ reason: String) throws {
        guard ContinuousClock().now < deadline else {
            throw Failure(.busy, "\(key) is busy: \(reason); wait for it with --wait SECONDS")
        }
        usleep(Self.pause)
    }

    private func look(_ registry: RegistryLink) throws -> (SessionLookup.Result, String) {
        if let owner = try registry.takeLock() {
            return (SessionLookup.Result(verdict: .busy), "another dispatch runs (\(owner))")
        }
        let result = try registry.look()
        return (result, result.session.map { "session \($0) is driven by another run" } ?? "another dispatch runs")
    }

    private func run(_ result: SessionLookup.Result, _ registry: RegistryLink, _ lock: Int32) throws -> Int32 {
        let command = ClientCommand(words: command, key: key)
        guard let session = result.resumable else {
            return try ClientRun(command, resuming: nil, .untouched, registry).run(holding: lock).exitCode
        }
        let prompt = StandardInput.kept(in: place.settings.state.path)
        let attempt = try ClientRun(command, resuming: session, prompt, registry).run(holding: lock)
        guard try isDropped(session, attempt, registry) else { return attempt.exitCode }
        guard let whole = prompt.replay() else {
            throw Failure(
                .no,
                "session \(session) no longer exists and was dropped, but the prompt could not be kept for a fresh start; dispatch again"
            )
        }
        complain("session \(session) no longer exists; it was dropped and a fresh one starts")
        return try ClientRun(command, resuming: nil, whole, registry).run(holding: lock).exitCode
    }

    /// Judges the attempt. What it printed is passed on unless a fresh start follows.
    private func isDropped(_ session: SessionID, _ attempt: ClientRun.Outcome, _ registry: RegistryLink) throws -> Bool
    {
        guard attempt.exitCode != 0, !attempt.wasSignalled else {
            attempt.passOn()
            return false
        }
        guard attempt.saidNotFound else {
            attempt.passOn()
            // A terminal was inherited and its text not seen: the client's own last hook may have told the registry.
            return try attempt.sawText ? false : registry.hasDropped(session)
        }
        let report = try place.reportFailedResume(of: key, session: session, saidNotFound: true)
        switch report.outcome {
        case .dropped where attempt.isDecided, .unbound where attempt.isDecided:
            // Its answer has begun: a fresh start would make two of one.
            attempt.passOn()
            complain("session \(session) no longer exists and was dropped; the next dispatch starts fresh")
            return false
        case .dropped, .unbound:
            return true
        case .kept:
            attempt.passOn()
            complain(report.message)
            return false
        case .noEvidence:
            attempt.passOn()
            return false
        }
    }
}
