package import Domain
internal import Glibc
package import Operations
internal import Platform
internal import Settings
internal import Storage
internal import Transcripts

/// One dispatch: lock, lookup, attempt, and a fresh start where the attempt shows that the session does not exist.
package struct Dispatch {
    private let key: DispatchKey
    private let command: [String]
    private let place: Workplace
    private let wait: Duration
    private let carriesOver: Bool
    private let explain: (SessionLookup.Result) -> Void
    private let complain: (String) -> Void

    /// How often a busy key is looked at again, in µs.
    private static let pause: UInt32 = 100_000

    /// How long the first hook of a background session is waited for.
    private static let patience: Duration = .seconds(10)

    /// The guard of a killed dispatch lets go a moment after the client is dead: that is no reason to call the key busy.
    private static let grace: Duration = .milliseconds(500)

    /// - Parameters:
    ///   - command: the client and its arguments, which are the last of this process's own.
    ///   - wait: how long for a busy key.
    ///   - carriesOver: whether a fresh session may be shown what was said before.
    ///   - explain: told what was found before the client starts.
    ///   - complain: told what a person should know, a sentence each time.
    package init(
        key: DispatchKey, command: [String], place: Workplace, wait: Duration, carriesOver: Bool,
        explain: @escaping (SessionLookup.Result) -> Void, complain: @escaping (String) -> Void
    ) {
        self.key = key
        self.command = command
        self.place = place
        self.wait = wait
        // What names a key was handed on to another's client, and is not for what is dispatched here.
        let refusal = place.settings.environment[CarryOver.refusalVariable]
        self.carriesOver = carriesOver && !CarryOver.isRefused(by: refusal, for: nil)
        self.explain = explain
        self.complain = complain
    }

    /// - Returns: the client's exit code.
    /// - Throws: `ClientNotStarted`, and `Failure` for a key that stays busy.
    package func run() throws -> Int32 {
        let deadline = ContinuousClock().now + wait
        let lock = try takeFileLock(until: deadline)
        let registry = RegistryLink(key: key, place: place, complain: complain)
        defer { registry.releaseLocks() }
        while true {
            switch look(registry, isProven: lock != nil) {
            case .busy(let reason): try pauseOrGiveUp(deadline, reason)
            case .limited(let result, let end): try waitForAccount(result, until: end, deadline)
            case .ready(let result, let sessionLock):
                explain(result)
                let locks = [lock, sessionLock]
                return try withExtendedLifetime(locks) {
                    try run(result, registry, locks.compactMap { $0?.descriptor })
                }
            }
        }
    }

    /// For a host on which nothing may be used of what is kept: becomes the client, which must not wait for that.
    /// - Throws: `ClientNotStarted`.
    package static func startBare(_ command: [String], key: DispatchKey) throws -> Never {
        throw ClientCommand(words: command, key: key).become()
    }

    /// On this host a file decides; it is free as soon as its holder is dead, however it died.
    /// - Returns: nil where no file can be locked, which is said: the registry's lock is all then.
    private func takeFileLock(until deadline: ContinuousClock.Instant) throws -> HeldLock? {
        let deadline = max(deadline, ContinuousClock().now + Self.grace)
        while true {
            switch HeldLock.take(place.settings.state.lock(of: key)) {
            case .ours(let lock): return lock
            case .others: try pauseOrGiveUp(deadline, "another dispatch runs on this host")
            case .impossible(let reason):
                complain("\(reason); another dispatch of \(key) on this host is seen only if Redis tells of it")
                return nil
            }
        }
    }

    private func pauseOrGiveUp(_ deadline: ContinuousClock.Instant, _ reason: String) throws {
        guard ContinuousClock().now < deadline else {
            throw Failure(.busy, "\(key) is busy: \(reason); wait for it with --wait SECONDS")
        }
        usleep(Self.pause)
    }

    /// No client is started that would be refused. Looks again every few seconds: another's answer may end the limit.
    private func waitForAccount(
        _ result: SessionLookup.Result, until end: Int64, _ deadline: ContinuousClock.Instant
    ) throws {
        let rest = Duration.milliseconds(max(0, end - HostClock.wallMilliseconds))
        guard ContinuousClock().now + rest <= deadline else {
            explain(result)
            throw Failure(
                .busy,
                "the account's usage limit ends at \(ISOTime.text(end)); no client was started; wait for it with --wait SECONDS"
            )
        }
        usleep(UInt32(clamping: Int64(min(rest, .seconds(5)) / .microseconds(1))))
    }

    private enum Look {
        case busy(String)
        /// The account's usage limit ends then, ms since 1970.
        case limited(SessionLookup.Result, until: Int64)
        /// With the session's own lock, where there is a session and it can be locked.
        case ready(SessionLookup.Result, HeldLock?)
    }

    /// - Parameter isProven: whether we hold the key's file lock.
    private func look(_ registry: RegistryLink, isProven: Bool) -> Look {
        if let owner = registry.takeLock(isProven: isProven) { return .busy("another dispatch runs (\(owner))") }
        let result = registry.look()
        if result.verdict == .busy {
            if let session = result.session, let job = result.job {
                return .busy("session \(session) \(job.words)")
            }
            return .busy(result.session.map { "session \($0) is driven by another run" } ?? "another dispatch runs")
        }
        if let end = result.limitedUntilMilliseconds { return .limited(result, until: end) }
        guard let session = result.resumable ?? result.restorable else { return .ready(result, nil) }
        // Another key may have the same session.
        var held: HeldLock?
        switch HeldLock.take(place.settings.state.lock(of: session)) {
        case .ours(let lock): held = lock
        case .others: return .busy("session \(session) is driven by the dispatch of another key")
        // Said of the key's lock already.
        case .impossible: break
        }
        if let owner = registry.takeLock(of: session, isProven: held != nil) {
            return .busy("session \(session) is driven by the dispatch of another key (\(owner))")
        }
        return .ready(result, held)
    }

    private func run(_ result: SessionLookup.Result, _ registry: RegistryLink, _ locks: [Int32]) throws -> Int32 {
        let launch = BackgroundLaunch(command, key: key, carriesOver: carriesOver, settings: place.settings)
        let command = ClientCommand(words: command, key: key, launch: launch, carriesOver: carriesOver)
        func runFresh(_ input: StandardInput) throws -> Int32 {
            let start = HostClock.now()
            let code = try ClientRun(command, resuming: nil, input, registry).run(holding: locks).exitCode
            if code == 0, let launch { _ = settle(launch, resuming: nil, since: start, registry) }
            if code == 0, launch == nil { sayIfUnrecorded(since: start, registry) }
            return code
        }
        guard let session = result.resumable ?? result.restorable else { return try runFresh(.untouched) }
        var copy: SessionRestore.Restored?
        if result.restorable != nil {
            guard let back = putBack(session, registry) else { return try runFresh(.untouched) }
            copy = back.copy
        }
        func resume(_ prompt: StandardInput) throws -> Attempt {
            let start = HostClock.now()
            let path = copy?.path ?? result.transcriptPath
            let before = ClaudeCode().end(of: path)
            let attempt = try ClientRun(command, resuming: session, prompt, registry).run(holding: locks)
            let isHeard = before.map { ClaudeCode().hasMessages(path, from: $0) } ?? false
            if let reason = try self.fruitless(session, attempt, isHeard: isHeard, since: start, registry) {
                return .fruitless(reason)
            }
            if attempt.exitCode == 0, let launch, !settle(launch, resuming: session, since: start, registry) {
                return .fruitless(.refused(sentence: report(session)))
            }
            if attempt.exitCode == 0, launch == nil { sayIfUnrecorded(since: start, registry) }
            return .answered(attempt.exitCode)
        }
        var prompt = StandardInput.kept(in: place.settings.state.path)
        var attempt = try resume(prompt)
        // Its transcript went meanwhile, or lay where nobody could look: what the vault has is tried once.
        if case .fruitless(.refused(let sentence)) = attempt, copy == nil, isGone(session),
            let back = putBack(session, registry, isTold: false)
        {
            prompt = try again(prompt, after: sentence)
            copy = back.copy
            attempt = try resume(prompt)
        }
        let fruitless: Fruitless
        switch attempt {
        case .answered(let code): return code
        case .fruitless(let reason): fruitless = reason
        }
        // The client does not want the copy; nobody else is to find it.
        if let copy { SessionRestore(settings: place.settings).withdraw(copy) }
        let whole = try again(prompt, after: fruitless.sentence)
        complain("\(fruitless.sentence); a fresh one starts")
        registry.letCarry(from: session, .failed)
        let code = try runFresh(whole)
        // What a fresh session can do and this one cannot is the session's fault: it must not cost the next dispatch, too.
        if case .silent = fruitless, code == 0 { _ = report(session) }
        return code
    }

    /// The prompt from its beginning.
    private func again(_ prompt: StandardInput, after sentence: String) throws -> StandardInput {
        guard let whole = prompt.replay() else {
            throw Failure(.no, "\(sentence), but the prompt could not be kept for another start; dispatch again")
        }
        return whole
    }

    private enum Attempt {
        /// With the client's exit code.
        case answered(Int32)
        case fruitless(Fruitless)
    }

    /// A session that can be resumed now; with the copy that was made for that, where one was.
    private struct PutBack {
        var copy: SessionRestore.Restored?
    }

    /// Puts the session back from the vault, or says why that cannot be.
    /// - Parameter isTold: whether it is said, and the key gives the session up, when there is nothing to put back. What is in the
    ///   way for now is said in any case.
    private func putBack(_ session: SessionID, _ registry: RegistryLink, isTold: Bool = true) -> PutBack? {
        let folder = Files.realPath(".") ?? ""
        do throws(RestoreError) {
            let copy = try place.putBack(session, of: key, for: folder)
            if let copy { complain(copy.sentence(for: folder)) }
            return PutBack(copy: copy)
        } catch {
            if isTold {
                complain("\(error); a fresh one starts")
                place.giveUp(session, of: key, for: error)
                if !error.isFinal { registry.letCarry(from: session, .missing) }
            } else if !error.isFinal {
                complain("\(error)")
            }
            return nil
        }
    }

    /// Whether the transcript of a session that was refused is not here.
    private func isGone(_ session: SessionID) -> Bool {
        if case .found = ClaudeCode().find(session, in: place.clientDirectory) { return false }
        return true
    }

    /// Why an attempt to resume gave no answer, so that a fresh session is asked.
    private enum Fruitless {
        /// The client said that it cannot; what became of the session.
        case refused(sentence: String)
        /// It ended before anything was said, and told nothing that is understood.
        case silent(sentence: String)

        var sentence: String {
            switch self {
            case .refused(let sentence), .silent(let sentence): sentence
            }
        }
    }

    /// A client that ends well has told its hooks' news of the session; where none came, the next dispatch starts fresh again,
    /// and nobody would know why.
    private func sayIfUnrecorded(since start: Moment, _ registry: RegistryLink) {
        let environment = place.settings.environment
        let project = Files.realPath(".") ?? ""
        let isMeant = environment["HOLDFAST_DISABLED"] != "1"
        do throws(ConfigurationError) {
            guard isMeant, try place.settings.trackingRules().isTracked(key: key, project: project) else { return }
        } catch {
            return complain("nothing of this run was recorded: \(error)")
        }
        guard registry.isRecorded(since: start) == false else { return }
        complain(
            "nothing of this run was recorded, so the next dispatch of \(key) will not continue it; 'holdfast doctor' looks for the reason"
        )
    }

    /// The client ends before the session that it started in the background is heard of: until then the key would be free
    /// for a second one.
    /// - Returns: false where that session could not be resumed there.
    private func settle(
        _ launch: BackgroundLaunch, resuming session: SessionID?, since start: Moment, _ registry: RegistryLink
    ) -> Bool {
        let deadline = ContinuousClock().now + Self.patience
        repeat {
            let job = launch.job
            for session in [job?.session, session].compactMap({ $0 }) {
                guard let isHeardOf = registry.isHeardOf(session, since: start) else { return true }
                if isHeardOf { return true }
            }
            if let session, registry.wasRefused(session, since: start) { return false }
            usleep(Self.pause)
        } while ContinuousClock().now < deadline
        let name = launch.job.map { "background session \($0.id)" } ?? "the background session"
        complain(
            "\(name) has not told of itself yet, so \(key) may not have it; 'claude agents' lists them, 'holdfast why \(key)' says what the key has"
        )
        return true
    }

    /// Judges the attempt. What it printed is passed on unless a fresh start follows: a refusal is proof that this call gets
    /// no answer from the session, whatever becomes of the binding; and so is an end before anything was said.
    /// - Parameter isHeard: whether something was said in the session.
    /// - Returns: nil where the attempt is the answer.
    /// - Throws: `Failure` for a session that somebody has open.
    private func fruitless(
        _ session: SessionID, _ attempt: ClientRun.Outcome, isHeard: Bool, since start: Moment, _ registry: RegistryLink
    ) throws -> Fruitless? {
        guard !attempt.wasSignalled else {
            attempt.passOn()
            return nil
        }
        if attempt.ending.wasHeld, attempt.exitCode != 0, !attempt.isDecided {
            let job = ClaudeCode().job(of: session, in: ClaudeCode().configDirectory(place.settings.environment))
            let what = job?.words ?? "is open in another client"
            throw Failure(.busy, "\(key) is busy: session \(session) \(what); wait for it with --wait SECONDS")
        }
        if attempt.ending.wasRefused, attempt.exitCode != 0 || attempt.ending.isSilent {
            let sentence = report(session)
            guard attempt.isDecided else { return .refused(sentence: sentence) }
            // Its answer has begun: a fresh start would make two of one.
            attempt.passOn()
            complain(sentence)
            return nil
        }
        guard attempt.exitCode != 0, !attempt.isDecided, attempt.ending.isSilent || !attempt.sawText, !isHeard else {
            attempt.passOn()
            return nil
        }
        // What it said is not understood, or was said to a terminal: the client's own last hook may have told the registry.
        if registry.wasRefused(session, since: start) {
            return .refused(sentence: "session \(session) was refused by the client")
        }
        // On a terminal a person may have looked at the session and left it.
        let isOpened =
            attempt.sawText ? registry.wasPrompted(session, since: start) : registry.wasOpened(session, since: start)
        guard !isOpened else {
            attempt.passOn()
            return nil
        }
        attempt.passOnError()
        return .silent(sentence: "the client ended with \(attempt.exitCode) before session \(session) said anything")
    }

    /// Tells the registry that the session was refused. What is wrong there keeps nobody from starting fresh.
    private func report(_ session: SessionID) -> String {
        let folder = Files.realPath(".") ?? ""
        do {
            let report = try place.reportFailedResume(of: key, session: session, wasRefused: true, from: folder)
            return report.sentence
        } catch {
            complain("session \(session) was refused, which could not be recorded: \(error)")
            return "session \(session) was refused by the client"
        }
    }
}
