package import Domain
package import Redis

/// Tells the registry news of one session. Twin of `start_session.lua`, `use_session.lua`, `end_session.lua`,
/// `clear_session.lua`, `restore_session.lua`, `fail_resume.lua` and `drop_binding.lua`: the kind of the news says which.
package struct TellSession: SessionScript {
    package let keySpace: Keys
    package let argument: SessionNews
    package let ageMilliseconds: Int64
    /// How many messages of its key's conversation a start may take over; nil where it may not.
    var carryLimit: Int64?

    package var contents: [String] { carryLimit.map { [String($0)] } ?? [] }

    package var source: ScriptSource {
        switch argument.kind {
        case .started: Self.start
        case .prompted, .stopped, .worked: Self.use
        case .ended: Self.end
        case .cleared: Self.clear
        case .restored: Self.restore
        case .resumeFailed: FailResume.text
        case .dropped: DropBinding.text
        }
    }

    private static let start = ScriptText.ofSession(PackageResources.start_session_lua)
    private static let use = ScriptText.ofSession(PackageResources.use_session_lua)
    private static let end = ScriptText.ofSession(PackageResources.end_session_lua)
    private static let restore = ScriptText.ofSession(PackageResources.restore_session_lua)
    private static let clear = ScriptText.ofSession(PackageResources.clear_session_lua)

    /// - Returns: what the key has then; nil where the script does not say.
    package func decode(_ reply: RedisReply) throws(RedisError) -> Standing? {
        switch argument.kind {
        case .started, .prompted, .stopped, .worked, .ended, .cleared, .restored: try Standing(reply)
        case .resumeFailed, .dropped: nil
        }
    }
}

/// What a key has after news was told.
package struct Standing: Sendable, Equatable {
    package var bound: SessionID?
    package var candidate: SessionID?
    /// Whether the news was the latest of its session, not late or repeated.
    package var isFresh: Bool
    /// What a start took over.
    package var carryOver: CarryOver?
    /// Whether it was told of tools that fail, and not yet that they are back.
    package var isToldOfTools: Bool

    init(_ reply: RedisReply) throws(RedisError) {
        guard let fields = reply.array, fields.count > 2, fields.count < 5 || fields.count > 6 else {
            throw .unexpectedReply(expected: "bound id, candidate id and a flag, and what is carried over")
        }
        bound = fields[0].text.flatMap(SessionID.init)
        candidate = fields[1].text.flatMap(SessionID.init)
        isFresh = fields[2].integer == 1
        isToldOfTools = fields.count == 4 && fields[3].integer == 1
        guard fields.count > 6, let reason = fields[3].text.flatMap(CarryReason.init) else { return }
        carryOver = CarryOver(
            reason: reason, session: fields[4].text.flatMap(SessionID.init), milliseconds: fields[5].integer ?? 0,
            messages: fields[6...].compactMap { $0.text.flatMap(ConversationMessage.init(json:)) })
    }
}

/// A script that is told news of one session.
package protocol SessionScript: JSONScript where Argument == SessionNews {
    var keySpace: Keys { get }
}

extension SessionScript {
    package var argumentText: String { argument.json }

    package var keys: [RedisKey] {
        [keySpace.session(argument.sessionID)] + (argument.dispatchKey.map { [keySpace.binding($0)] } ?? [])
    }
}

/// A look at the disk settled what a candidate is; `transcript` of the news says what it found. Twin of
/// `settle_candidate.lua`.
package struct SettleCandidate: SessionScript {
    package let keySpace: Keys
    package let argument: SessionNews

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofSession(PackageResources.settle_candidate_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Standing { try Standing(reply) }
}
