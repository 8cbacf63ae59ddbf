internal import Capture
package import Domain
internal import Platform
internal import Redaction
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// Asks for the session of a key: Redis, or the mirror while Redis is away, and then the disk. Looks before it leaps: what
/// cannot resume is dropped here, before anybody tries it.
package struct SessionLookup {
    /// What a lookup found.
    package struct Result: Sendable {
        package var verdict: LookupVerdict
        /// The session meant by the verdict; for `expired` and `missing` the one that was dropped.
        package var session: SessionID?
        package var lastUsedMilliseconds: Int64?
        package var host = ""
        package var configDirectory = ""
        package var cwd = ""
        /// Empty where it was not found.
        package var transcriptPath = ""
        /// The transcript is there, and no client finds a conversation in it.
        package var isEmpty = false
        /// Why the transcript could not be looked for, where that is so.
        package var doubt: String?
        /// Notes of this host that Redis refused on the way: why, one by one.
        package var refusedNotes: [String] = []
        /// How often in a row a client refused it, when last, and where; it was not used since.
        package var refusals = 0
        package var refusedMilliseconds: Int64?
        package var refusedIn = ""
        /// How often in a row the API refused its conversation, and with which class.
        package var failures = 0
        package var failure = ""
        /// Until when the account may not ask, ms since 1970.
        package var limitedUntilMilliseconds: Int64?
        /// Until when a session that somebody out of sight has open counts as driven, ms since 1970.
        package var busyUntilMilliseconds: Int64?
        /// The background job in which it runs.
        package var job: RunningJob?
        /// What can be put back of it (`restorable`).
        package var holding = SessionRestore.Holding.nothing
        /// The answer is the mirror's, since Redis was away.
        package var isFromMirror = false

        package init(verdict: LookupVerdict, session: SessionID? = nil, isFromMirror: Bool = false) {
            self.verdict = verdict
            self.session = session
            self.isFromMirror = isFromMirror
        }

        /// The session a dispatch should resume.
        package var resumable: SessionID? {
            switch verdict {
            case .resumable: session
            case .elsewhere: isOtherConfigDirectory ? nil : session
            case .busy, .expired, .missing, .restorable, .retired, .limited, .none: nil
            }
        }

        /// The session that must be put back before a dispatch resumes it.
        package var restorable: SessionID? { verdict == .restorable ? session : nil }

        /// Why a fresh session that starts now may be shown what was said before; nil where the verdict does not say.
        package var reasonToCarry: CarryReason? {
            switch verdict {
            case .expired: .expired
            case .missing: .missing
            case .retired: .retired
            case .elsewhere: isOtherConfigDirectory ? .elsewhere : nil
            case .resumable, .restorable, .busy, .limited, .none: nil
            }
        }

        /// It is here, but not where the client would look.
        package var isOtherConfigDirectory = false
    }

    let key: DispatchKey
    let settings: Settings
    let host: String
    /// The client's config folder, as it would be started from here.
    let configDirectory: String
    /// Only tell; drop, settle and count nothing.
    let peek: Bool
    private let sources: TranscriptSources

    /// How long notes are replayed on the way: some ten thousand. The companion sees to the rest.
    static let replayPatience: Duration = .seconds(2)

    package init(
        key: DispatchKey, settings: Settings, host: String, peek: Bool = false, sources: TranscriptSources = .standard
    ) {
        self.sources = sources
        self.key = key
        self.settings = settings
        self.host = host
        self.peek = peek
        configDirectory = sources.client.configDirectory(settings.environment)
    }

    private var registry: SessionRegistry { SessionRegistry(keys: settings.keys) }
    private var mirror: BindingMirror { BindingMirror(folder: settings.state.bindings) }
    private var spool: Spool { Spool(folder: settings.state.spool) }
    private var credential: String {
        CredentialMark.of(settings.environment, login: host + " " + configDirectory)
    }
    private var maxAge: Int64 { settings.configuration.ages.milliseconds(for: key) }

    /// - Parameter ownLock: the lock this dispatch holds itself.
    package func run(
        over connection: inout RedisConnection, ownLock: String? = nil
    ) throws(RedisError) -> Result {
        // This host's news that Redis has not heard yet could be of this very key.
        var refusedNotes: [String] = []
        if !peek {
            let replay = NoteReplay(
                spool: spool, registry: registry, clean: settings.configuration.redactor.cleaned)
            refusedNotes = try replay.run(over: &connection, patience: Self.replayPatience).refused
        }
        var result = try answer(over: &connection, ownLock)
        if !peek, let session = result.session, let reason = result.reasonToCarry {
            try letCarry(from: session, reason, isDropped: reason.isDrop, over: &connection)
        }
        result.refusedNotes = refusedNotes
        return result
    }

    private func answer(over connection: inout RedisConnection, _ ownLock: String?) throws(RedisError) -> Result {
        let now = HostClock.now()
        let answer = try connection.run(
            registry.lookingUp(key, maxAgeMilliseconds: maxAge, host: host, at: now, peek: peek, credential: credential)
        )
        if !peek { try correctMirror(answer, over: &connection) }
        if let candidate = try settledCandidate(answer, over: &connection) { return judged(candidate, answer, ownLock) }
        // A peek leaves an expired binding where it is; it counts as gone all the same.
        guard answer.expired == nil, let bound = bound(answer) else { return judged(nil, answer, ownLock) }
        let result = judged(bound, answer, ownLock)
        if result.verdict == .missing, !peek {
            _ = try connection.run(registry.dropping(droppedNews(bound.session, reason: .missing, at: now), at: now))
            mirror.drop(key, session: bound.session)
        }
        return result
    }

    /// Another host may have moved or dropped the binding since this one's hooks wrote the mirror.
    private func correctMirror(
        _ answer: LookUp.Answer, over connection: inout RedisConnection
    ) throws(RedisError) {
        // What is still to be told may be what the mirror has and Redis has not.
        guard spool.names().isEmpty else { return }
        guard let mirrored = mirror.binding(of: key), mirrored.sessionID != answer.binding.sessionID else {
            return
        }
        if answer.binding.sessionID == nil, answer.expired == nil {
            // Where nobody took it away Redis has lost it, and the mirror is what gives it back.
            let record = try connection.ask(registry.session(mirrored.sessionID))
            let isTaken = record.map { $0.droppedMilliseconds != nil || $0.dispatchKey != key } ?? false
            let isCleared = try connection.isCleared(mirrored, registry)
            guard isTaken || isCleared else { return }
        }
        mirror.drop(key, session: mirrored.sessionID)
    }

    /// The mirror's answer. A drop decided here changes the mirror and leaves a note for Redis.
    /// - Parameter isOwn: this process holds the file locks of what it dispatches; for others those are all that tells of it.
    package func runOnMirror(isOwn: Bool = false) -> Result {
        guard let binding = mirror.binding(of: key) else {
            let isLocked = !isOwn && settings.state.isLocked(key)
            return Result(verdict: isLocked ? .busy : .none, isFromMirror: true)
        }
        let isLocked = !isOwn && (settings.state.isLocked(key) || settings.state.isLocked(binding.sessionID))
        let now = HostClock.now()
        var result = Result(verdict: .none, session: binding.sessionID)
        let seen = Seen(
            session: binding.sessionID, record: SessionRecord().overlaid(by: binding), now: now.wallMilliseconds)
        let isExpired = binding.isExpired(atMilliseconds: now.wallMilliseconds, maxAgeMilliseconds: maxAge)
        result = judged(isExpired ? nil : seen, wasExpired: isExpired, isLocked: isLocked)
        result.session = binding.sessionID
        result.isFromMirror = true
        if result.verdict == .missing || result.verdict == .expired, !peek {
            mirror.drop(key, session: binding.sessionID)
            let news = droppedNews(binding.sessionID, reason: isExpired ? .expired : .missing, at: now)
            // Without the note Redis finds out itself at the next lookup.
            do throws(FileError) {
                try spool.write(news, pid: ProcessTable.own.pid)
            } catch {
                HookLog(state: settings.state).write("drop of \(binding.sessionID) not noted: \(error)", at: now)
            }
        }
        return result
    }

    /// What hooks of this host have noted since: what Redis was not told, or is still to be captured.
    package func noted(since start: Moment) -> [SessionNews] {
        [spool, spool.waiting].flatMap { spool in
            spool.names().compactMap { name in
                guard let written = Int64(name.prefix { $0 != "-" }), written >= start.wallMilliseconds else {
                    return nil
                }
                return spool.note(name)?.news
            }
        }
    }

    package func droppedNews(_ session: SessionID, reason: DropReason, at now: Moment) -> SessionNews {
        var news = SessionNews(.dropped, of: session, key: key, at: now, host: host, maxSessionAgeMilliseconds: maxAge)
        news.reason = reason.rawValue
        return news
    }

    /// The verdict of a session by itself, whichever session its key has.
    func verdict(ofAlone session: SessionID, _ record: SessionRecord) -> LookupVerdict {
        let seen = Seen(session: session, record: record, now: HostClock.wallMilliseconds)
        return judged(seen, wasExpired: false, isLocked: false).verdict
    }

    // MARK: - What is known of one session

    /// A session with its record, and over that what its binding says.
    private struct Seen {
        var session: SessionID
        var record: SessionRecord
        /// Of the one who told what the record says, ms since 1970.
        var now: Int64
    }

    private enum Driving {
        case free, here
        case elsewhere(until: Int64)
    }

    private func driving(_ seen: Seen) -> Driving {
        let place = Driver.Place(
            host: host, space: ProcessTable.space, bootedMilliseconds: HostClock.bootedMilliseconds)
        switch Driver.of(seen.record, seenFrom: place) {
        case .nobody: break
        case .here(let process): if ProcessTable.isAlive(process) { return .here }
        case .elsewhere:
            let until = (seen.record.lastUsedMilliseconds ?? 0) + settings.configuration.remoteBusyMinutes * 60_000
            if seen.now < until { return .elsewhere(until: until) }
        }
        // Its hooks may be missing where somebody has it open all the same.
        return ClaudeCode().process(of: seen.session, in: home(seen)) == nil ? .free : .here
    }

    /// The config folder in which a session lies, as far as this host knows it.
    private func home(_ seen: Seen) -> String {
        seen.record.configDirectory.isEmpty || seen.record.host != host ? configDirectory : seen.record.configDirectory
    }

    private func bound(_ answer: LookUp.Answer) -> Seen? {
        // The binding's own fields are those of the moment it was bound or last used.
        answer.binding.binding(of: key).map {
            Seen(
                session: $0.sessionID, record: answer.session.overlaid(by: $0), now: answer.nowMilliseconds)
        }
    }

    /// Settles what the candidate is, where that can be seen from here. Answers it when it is the key's session now.
    private func settledCandidate(
        _ answer: LookUp.Answer, over connection: inout RedisConnection
    ) throws(RedisError) -> Seen? {
        guard let session = answer.binding.candidateID, answer.candidate.host == host else { return nil }
        let candidate = Seen(session: session, record: answer.candidate, now: answer.nowMilliseconds)
        let now = HostClock.now()
        var news = SessionNews(.worked, of: session, key: key, at: now, host: host, maxSessionAgeMilliseconds: maxAge)
        let isExpired = answer.nowMilliseconds - (candidate.record.lastUsedMilliseconds ?? 0) > maxAge
        switch isExpired ? .absent : sight(candidate).presence {
        case .found(let path):
            if peek { return candidate }
            news.transcript = .found
            news.transcriptPath = path
        case .absent:
            guard case .free = driving(candidate), !peek else { return nil }
            news.transcript = .absent
        case .unknown: return nil
        }
        let standing = try connection.run(registry.settling(news))
        guard standing.bound == session else { return nil }
        // The mirror is written by the session's next hook, should this fail.
        try? mirror.save(
            Binding(
                dispatchKey: key, sessionID: session, lastUsedMilliseconds: candidate.record.lastUsedMilliseconds ?? 0,
                host: host,
                configDirectory: candidate.record.configDirectory, cwd: candidate.record.cwd,
                transcriptPath: news.transcriptPath))
        return candidate
    }

    /// What is to be seen of a session's transcript.
    private struct Sight {
        var presence: TranscriptPresence
        var isInReach = true
        /// It is there, and a client would refuse it: as good as absent.
        var isEmpty = false
    }

    private func sight(_ seen: Seen) -> Sight {
        let home = home(seen)
        let source = sources.source(of: home)
        let presence = source.find(
            seen.session, in: home, hint: seen.record.transcriptPath, storageMark: seen.record.projectsFolder)
        if home != configDirectory {
            // Made under another config folder of this host; a copy may lie in this one.
            let source = sources.source(of: configDirectory)
            let own = source.find(seen.session, in: configDirectory)
            if case .found(let path) = own, source.hasMessages(path, from: 0) { return Sight(presence: own) }
            return Sight(presence: presence, isInReach: false)
        }
        if case .found(let path) = presence, !source.hasMessages(path, from: 0) {
            return Sight(presence: .absent, isEmpty: true)
        }
        return Sight(presence: presence)
    }

    /// What can be put back of it. Asked only where it is not here: most lookups never open the vault.
    private func holding(_ seen: Seen, _ sight: Sight) -> SessionRestore.Holding {
        if case .found = sight.presence { return .nothing }
        // A file that holds no conversation is in the way: nothing is put over it.
        if sight.isEmpty { return .nothing }
        // A folder that was moved away, or is another one now, lacks it as surely as one it was deleted from.
        if case .unknown = sight.presence, seen.record.host == host {
            let source = sources.source(of: configDirectory)
            guard SessionPlacement.isFree(for: seen.session, in: configDirectory, by: source) else { return .nothing }
        }
        return SessionRestore(settings: settings, sources: sources).holding(seen.session)
    }

    private func judged(_ seen: Seen?, _ answer: LookUp.Answer, _ ownLock: String?) -> Result {
        let isLocked = answer.lockOwner.map { $0 != ownLock && LockOwner.mayLive($0) } ?? false
        var result = judged(seen, wasExpired: answer.expired != nil, isLocked: isLocked)
        if result.verdict == .expired { result.session = answer.expired }
        if let until = answer.limitedUntilMilliseconds, result.verdict != .busy {
            result.verdict = .limited
            result.limitedUntilMilliseconds = until
        }
        return result
    }

    private func judged(_ seen: Seen?, wasExpired: Bool, isLocked: Bool) -> Result {
        guard let seen else {
            return Result(verdict: LookupVerdict.judge(nil, wasExpired: wasExpired, isLocked: isLocked))
        }
        let sight = sight(seen)
        let (presence, isInReach) = (sight.presence, sight.isInReach)
        let isOwn = seen.record.host == host
        let driving = driving(seen)
        var isDriven = true
        if case .free = driving { isDriven = false }
        let holding = holding(seen, sight)
        let sighting = LookupVerdict.Sighting(
            presence: presence, isOwnHost: isOwn, isInReach: isInReach, isDriven: isDriven,
            isRetired: seen.record.isRetired(after: settings.configuration.retireAfter),
            isKept: holding != .nothing)
        var result = Result(verdict: LookupVerdict.judge(sighting, wasExpired: wasExpired, isLocked: isLocked))
        result.session = seen.session
        result.holding = holding
        result.lastUsedMilliseconds = seen.record.lastUsedMilliseconds
        result.host = seen.record.host
        result.configDirectory = isInReach ? "" : seen.record.configDirectory
        result.isOtherConfigDirectory = isOwn && !isInReach
        result.cwd = seen.record.cwd
        if case .unknown(let reason) = presence { result.doubt = reason }
        if case .found(let path) = presence { result.transcriptPath = path }
        result.isEmpty = sight.isEmpty
        if case .here = driving { result.job = ClaudeCode().job(of: seen.session, in: home(seen)) }
        if case .elsewhere(let until) = driving { result.busyUntilMilliseconds = until }
        result.failures = Int(seen.record.failures)
        result.failure = seen.record.failure
        result.refusals = Int(seen.record.refusals)
        result.refusedMilliseconds = seen.record.refusedMilliseconds
        result.refusedIn = seen.record.refusedIn
        return result
    }
}
