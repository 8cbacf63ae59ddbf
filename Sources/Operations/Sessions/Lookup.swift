package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// What a lookup answers: whether the next dispatch of a key may resume, and what.
package struct LookupAnswer: Encodable, Sendable {
    package let dispatch_key: String
    package let verdict: LookupVerdict
    /// The session meant by the verdict; for `expired` and `missing` the one that was dropped.
    @OrNull package var session_id: String?
    package let remedy: String
    @OrNull package var last_used_at: String?
    @OrNull package var host: String?
    @OrNull package var cwd: String?
    /// Why the transcript could not be looked for, where that is so.
    @OrNull package var doubt: String?
    /// How often in a row a client refused it since it was used last.
    package let refusals: Int
    /// How often in a row the API refused its conversation, and with which class.
    package let failures: Int
    @OrNull package var failure: String?
    /// When the usage limit ends (`limited`), or until when at most somebody out of sight is believed to drive it.
    @OrNull package var until: String?
    /// redis, or mirror while Redis is away.
    package let source: String

    /// What a dispatch should resume.
    package let resumable: SessionID?

    private enum CodingKeys: CodingKey {
        case dispatch_key, verdict, session_id, remedy, last_used_at, host, cwd, doubt, refusals, failures, failure,
            until, source
    }

    package init(_ key: DispatchKey, _ result: SessionLookup.Result) {
        dispatch_key = key.rawValue
        verdict = result.verdict
        remedy = result.remedy(key)
        refusals = result.refusals
        failures = result.failures
        failure = result.failure.isEmpty ? nil : result.failure
        until = (result.limitedUntilMilliseconds ?? result.busyUntilMilliseconds).map(ISOTime.text)
        source = result.isFromMirror ? "mirror" : "redis"
        session_id = result.session?.rawValue
        last_used_at = result.lastUsedMilliseconds.map(ISOTime.text)
        host = result.host.isEmpty ? nil : result.host
        cwd = result.cwd.isEmpty ? nil : result.cwd
        doubt = result.doubt
        resumable = result.resumable
    }
}

/// What a fresh session is shown of what was said before.
package struct CarriedOver: Encodable, Sendable {
    package let reason: CarryReason
    /// The session that cannot be resumed.
    package let session_id: String?
    package let messages: Int
    /// Of the whole text, as the client counts them: UTF-16 units.
    package let characters: Int
    /// As the model reads it.
    package let text: String

    /// - Returns: nil where there is nothing to be shown.
    fileprivate init?(_ carryOver: CarryOver, limit: Int64) {
        guard let shown = carryOver.text(limit: Int(limit)) else { return nil }
        reason = carryOver.reason
        session_id = carryOver.session?.rawValue
        messages = shown.messages
        characters = shown.text.utf16.count
        text = shown.text
    }
}

/// What the next dispatch of a key will do, and why.
package struct Explanation: Encodable, Sendable {
    package let dispatch_key: String
    package let verdict: LookupVerdict
    package let session_id: String?
    package let paragraph: String
    package let last_change: Event?
    /// What the fresh session would be shown of what was said before; nil where nothing.
    package let carry_over: CarriedOver?
    /// The titles of memories that it would be shown; nil where none.
    package let recall: RecalledTitles?

    /// - Parameter lastChange: nil also where it is not known.
    package init(
        _ key: DispatchKey, _ result: SessionLookup.Result, lastChange: Event? = nil, carryOver: CarriedOver? = nil,
        recall: RecalledTitles? = nil, stopped: String? = nil, folder: String? = nil
    ) {
        carry_over = carryOver
        self.recall = recall
        dispatch_key = key.rawValue
        verdict = result.verdict
        session_id = result.session?.rawValue
        last_change = lastChange
        paragraph = Self.paragraph(key, result, lastChange, carryOver, recall, stopped, folder)
    }

    private static func paragraph(
        _ key: DispatchKey, _ result: SessionLookup.Result, _ event: Event?, _ carryOver: CarriedOver?,
        _ recall: RecalledTitles?, _ stopped: String?, _ folder: String?
    ) -> String {
        let now = Timestamp(HostClock.wallMilliseconds)
        let session = result.session.map { "session \($0)" } ?? "a session"
        let used = "last used \(result.lastUsedMilliseconds.map { Timestamp($0).ago(now) } ?? "never")"
        var sentences: [String] =
            switch result.verdict {
            case .resumable where result.refusals > 0:
                ["The next dispatch of \(key) tries \(session), \(used), once more: \(refusal(result, now))."]
            case .resumable where result.doubt != nil:
                ["The next dispatch of \(key) tries \(session), \(used): nobody drives it."]
            case .resumable:
                [
                    "The next dispatch of \(key) resumes \(session), \(used): its transcript is here and nobody drives it."
                ]
            case .busy:
                [
                    "The next dispatch of \(key) waits, or exits 75: another run drives \(session)\(elsewhere(result))."
                ]
            case .elsewhere where !result.isOtherConfigDirectory:
                [
                    "The next dispatch of \(key) tries \(session), \(used): it was made on \(result.host) and is not known here."
                ]
            case .elsewhere, .expired, .missing, .retired, .none:
                ["The next dispatch of \(key) starts fresh: \(result.reasonToStartFresh(now) ?? "")."]
            case .restorable:
                [restoring(key, "\(session), \(used),", result.holding)]
            case .limited:
                [
                    "The next dispatch of \(key) waits, or exits 75: the account's usage limit ends at \(result.limitedUntilMilliseconds.map(ISOTime.text) ?? "an unknown time")."
                ]
            }
        // What is put back is put where the client will look.
        if result.verdict == .resumable, let folder, !result.cwd.isEmpty, folder != result.cwd {
            sentences.append("It was made in \(result.cwd); from elsewhere a client up to 2.1.219 does not find it.")
        }
        if let stopped { sentences.append("\(stopped).") }
        sentences.append("What to do: \(result.remedy(key)).")
        if let carryOver {
            sentences.append(
                "The fresh session is shown the last \(carryOver.messages) of what was said (\(carryOver.characters) characters)."
            )
        }
        if let recall {
            sentences.append("It is shown the titles of \(recall.titles) memories (\(recall.characters) characters).")
        }
        if let doubt = result.doubt { sentences.append("The transcript could not be looked for: \(doubt).") }
        if result.isFromMirror { sentences.append("Redis is away; this is what the mirror says.") }
        if let event {
            sentences.append("Last change: session \(event.words), \(Timestamp(event.milliseconds).ago(now)).")
        }
        return sentences.joined(separator: " ")
    }

    /// What comes back of a session whose transcript is gone.
    private static func restoring(
        _ key: DispatchKey, _ session: String, _ holding: SessionRestore.Holding
    ) -> String {
        switch holding {
        case .content, .nothing:
            "The next dispatch of \(key) puts \(session) back and resumes it: its transcript is gone from here, and the vault has it."
        case .words:
            "The next dispatch of \(key) puts back what was said in \(session) and resumes that: its transcript is gone from here, what the vault had of it cannot be read, and the archive has the words, without tools and their results."
        case .unknown(let reason):
            "The next dispatch of \(key) puts \(session) back and resumes it, if it can: its transcript is gone from here, and whether it can be put back nobody can say now (\(reason))."
        }
    }

    /// What a client said of it that was to resume it.
    private static func refusal(_ result: SessionLookup.Result, _ now: Timestamp) -> String {
        let times = result.refusals == 1 ? "once" : "\(result.refusals) times"
        let last = result.refusedMilliseconds.map { ", last \(Timestamp($0).ago(now))" } ?? ""
        let place = result.refusedIn.isEmpty ? "" : " in \(result.refusedIn)"
        return "a client refused it \(times)\(last)\(place), and refused once more it is dropped"
    }

    /// Where somebody has it open whom nobody here can see.
    private static func elsewhere(_ result: SessionLookup.Result) -> String {
        guard let until = result.busyUntilMilliseconds else { return "" }
        return ", out of sight on \(result.host) or in a container there, until \(ISOTime.text(until)) at the latest"
    }
}

extension SessionLookup.Result {
    /// Why a dispatch resumes nothing, as a clause; nil where it resumes, waits, or puts something back first.
    package func reasonToStartFresh(_ now: Timestamp) -> String? {
        let session = session.map { "session \($0)" } ?? "a session"
        let used = "last used \(lastUsedMilliseconds.map { Timestamp($0).ago(now) } ?? "never")"
        return switch verdict {
        case .elsewhere where isOtherConfigDirectory && doubt != nil:
            "\(session), \(used), was made under \(configDirectory), where nobody can look now"
        case .elsewhere where isOtherConfigDirectory: "\(session), \(used), lies under \(configDirectory)"
        case .expired: "\(session) was unused for longer than max_session_age_ms"
        case .missing where isEmpty:
            "the transcript of \(session), \(used), holds no conversation that a client resumes"
        case .missing: "the transcript of \(session), \(used), is gone"
        case .retired:
            "the API refused \(session), \(used), \(failures) times in a row (\(failure)); it is kept, and not offered"
        case .none: "the key has no session"
        case .resumable, .busy, .elsewhere, .restorable, .limited: nil
        }
    }

    /// What to do about it; one sentence.
    func remedy(_ key: DispatchKey) -> String {
        switch verdict {
        case .busy where job != nil: "it \(job?.words ?? ""); or use holdfast dispatch --wait"
        case .elsewhere where isOtherConfigDirectory && doubt != nil:
            "put \(configDirectory) back to continue it, or start fresh"
        case .missing where isEmpty: "start fresh; there is nothing to resume"
        case .restorable where holding == .words:
            "dispatch it, or 'holdfast lookup' it: what was said in it is put back from the archive first"
        case .resumable where refusals > 0: "dispatch it; should it be refused again, the same call starts fresh"
        default: verdict.remedy(key: key, host: host, configDirectory: configDirectory)
        }
    }
}

extension Workplace {
    /// Asks for the session of a key. What cannot resume is dropped on the way, and what is in the vault alone put back; how
    /// long it took is counted.
    /// - Parameters:
    ///   - folder: where the client will be started, for what is put back; nil: nothing is.
    ///   - notice: told of what a person would want to know.
    package func lookUp(
        _ key: DispatchKey, restoringFor folder: String? = nil, notice: (String) -> Void = { _ in }
    ) throws -> LookupAnswer {
        let start = ContinuousClock().now
        defer { Latencies(settings.state, of: .lookups).add(ContinuousClock().now - start) }
        let result = try find(key, peek: false, notice)
        guard let session = result.restorable, let folder else { return LookupAnswer(key, result) }
        do throws(RestoreError) {
            if let copy = try putBack(session, of: key, for: folder) { notice(copy.sentence(for: folder)) }
        } catch {
            notice("\(error)")
            giveUp(session, of: key, for: error)
        }
        return LookupAnswer(key, try find(key, peek: false, notice))
    }

    /// Looks only: drops and counts nothing.
    /// - Parameters:
    ///   - folder: in which the client would be started.
    ///   - notice: told of what a person would want to know.
    package func explain(
        _ key: DispatchKey, for folder: String? = nil, notice: (String) -> Void = { _ in }
    ) throws -> Explanation {
        let result = try find(key, peek: true, notice)
        // What Redis does not tell now, the verdict does without.
        let carried = result.isFromMirror ? nil : try? carryOver(key, result)
        return Explanation(
            key, result, lastChange: result.isFromMirror ? nil : try? lastEvent(of: key), carryOver: carried,
            recall: recall(key, result, for: folder, behind: carried), stopped: stop(of: key, in: folder),
            folder: folder)
    }

    /// That nothing is recorded of a key, or of a folder, as a clause that says how it is again; nil where it is.
    package func stop(of key: DispatchKey, in folder: String?) -> String? {
        do throws(ConfigurationError) {
            let rules = try settings.trackingRules(), project = folder ?? ""
            if !rules.isTracked(key: key, project: "") {
                return
                    "Nothing of it is recorded: 'holdfast tracking start --key \(Remedy.word(key.rawValue))' begins it again"
            }
            guard !rules.isTracked(key: nil, project: project) else { return nil }
            return
                "Nothing done in \(project) is recorded: 'holdfast tracking start --project \(Remedy.word(project))' begins it again"
        } catch {
            return "Nothing is recorded: \(error)"
        }
    }

    /// What the next dispatch would show a fresh session.
    private func carryOver(_ key: DispatchKey, _ result: SessionLookup.Result) throws -> CarriedOver? {
        let configuration = settings.configuration
        guard result.resumable == nil, result.verdict != .busy, result.verdict != .limited,
            configuration.carryOver.admits(key)
        else { return nil }
        let conversations = Conversations(keys: settings.keys)
        var connection = try connect()
        let most = Int(configuration.conversations.maxContextMessages)
        var known = try connection.ask(conversations.carriable(most, of: key))
        if let session = result.session {
            SessionLookup(key: key, settings: settings, host: host, peek: true).addWords(of: session, to: &known)
        }
        // A look drops nothing, so what a dispatch would find out stands nowhere yet.
        guard let reason = result.reasonToCarry ?? known.carry?.reason else { return nil }
        var carryOver = CarryOver(
            reason: reason, session: result.session ?? known.carry?.sessionID,
            milliseconds: known.carry?.milliseconds ?? HostClock.wallMilliseconds, messages: known.messages)
        let summary = carryOver.session.flatMap { SummaryFolder(settings.state).text(of: $0) }
        carryOver.summary = summary
        return CarriedOver(carryOver, limit: configuration.conversations.maxContextCharacters)
    }

    /// Asks Redis, starts it where it is ours and away, and takes the mirror's word should that not help.
    private func find(_ key: DispatchKey, peek: Bool, _ notice: (String) -> Void) throws -> SessionLookup.Result {
        let lookup = SessionLookup(key: key, settings: settings, host: host, peek: peek)
        do throws(RedisError) {
            var connection = try connectStarting(lookupDeadlines) { notice("Redis is away; starting the companion") }
            return try lookup.run(over: &connection)
        } catch {
            notice("\(error); answering from the mirror")
            return lookup.runOnMirror()
        }
    }
}
