package import Domain
internal import Transcripts

/// What people and the agent said in a part of one session's transcript, for the conversation of its key: the last of it, as
/// `add_messages.lua` would keep it.
package struct HeardMessages: Sendable {
    package let key: DispatchKey
    private let session: SessionID
    private let policy: ConversationPolicy
    /// What was said before is kept no more, ms since 1970.
    private let earliest: Int64
    private var words: [Words] = []

    /// As they come: most of a long transcript are pushed out by what follows, before anybody shortens them.
    private struct Words {
        var id: String
        var role: ConversationMessage.Role
        var milliseconds: Int64
        var text: String
    }

    /// When the key was cleared, ms since 1970: the session that follows begins with the command.
    package private(set) var clearedMilliseconds: Int64?

    private static let clear = "/clear"

    /// - Parameter now: ms since 1970: what a conversation would not keep any more is passed over; nil: nothing is.
    /// - Returns: nil for what belongs to no conversation: of a session without a key, of a sub-agent.
    package init?(of origin: EpisodeOrigin, _ policy: ConversationPolicy, now: Int64?) {
        guard let key = origin.dispatchKey, origin.agentID == nil else { return nil }
        self.key = key
        session = origin.session
        self.policy = policy
        earliest = now.map { $0 - policy.timeoutMilliseconds } ?? .min
    }

    mutating func hear(_ entry: TranscriptEntry) {
        for part in entry.entries { hear(part) }
    }

    package mutating func hear(_ entry: EpisodeEntry) {
        guard let role = ConversationMessage.Role(entry), let said = ISOTime.milliseconds(entry.at), said > earliest
        else { return }
        if role == .user, entry.text == Self.clear {
            words = []
            clearedMilliseconds = said
            return
        }
        let text = DigestMark.readable(entry.text)
        let id = entry.uuid.isEmpty ? entry.hash : entry.uuid
        // One message may come as several blocks.
        if let last = words.last, last.id == id, last.role == role {
            words[words.count - 1].text += "\n" + text
            return
        }
        let row = Int(ConversationPolicy.maxInARow)
        if role == .assistant, words.count >= row, words.suffix(row).allSatisfy({ $0.role == .assistant }) {
            words.remove(at: words.count - row)
        }
        if words.count >= policy.maxMessages { words.removeFirst() }
        words.append(Words(id: id, role: role, milliseconds: said, text: text))
    }

    /// What was heard since it was taken last; nil where nothing was.
    /// - Parameter cleared: when the key was cleared last, ms since 1970: what was said before is left out.
    package mutating func take(since cleared: Int64 = .min) -> ConversationAddition? {
        defer { words = [] }
        let kept = words.filter { $0.milliseconds > cleared }.map {
            ConversationMessage(
                id: $0.id, role: $0.role, milliseconds: $0.milliseconds, session: session, text: $0.text)
        }
        return kept.isEmpty ? nil : ConversationAddition(kept, to: key, policy, isCaptured: true)
    }
}

extension ConversationMessage.Role {
    /// Nil for what no person and no agent said.
    fileprivate init?(_ entry: EpisodeEntry) {
        guard entry.subagent.isEmpty else { return nil }
        switch entry.role {
        case .user: self = .user
        case .assistant: self = .assistant
        case .thinking, .call, .result, .failure, .peer, .scheduled, .notice: return nil
        }
    }
}
