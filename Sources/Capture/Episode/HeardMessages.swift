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
    private var messages: [ConversationMessage] = []
    /// When the key was cleared, ms since 1970: the session that follows begins with the command.
    package private(set) var clearedMilliseconds: Int64?

    private static let clear = "/clear"

    /// - Parameter now: ms since 1970.
    /// - Returns: nil for what belongs to no conversation: of a session without a key, of a sub-agent.
    package init?(of origin: EpisodeOrigin, _ policy: ConversationPolicy, now: Int64) {
        guard let key = origin.dispatchKey, origin.agentID == nil else { return nil }
        self.key = key
        session = origin.session
        self.policy = policy
        earliest = now - policy.timeoutMilliseconds
    }

    mutating func hear(_ entry: TranscriptEntry) {
        for part in entry.entries { hear(part) }
    }

    package mutating func hear(_ entry: EpisodeEntry) {
        guard let role = ConversationMessage.Role(entry), let said = ISOTime.milliseconds(entry.at), said > earliest
        else { return }
        if role == .user, entry.text == Self.clear {
            messages = []
            clearedMilliseconds = said
            return
        }
        let id = entry.uuid.isEmpty ? entry.hash : entry.uuid
        // One message may come as several blocks.
        if let last = messages.last, last.id == id, last.role == role {
            let text = last.text + "\n" + entry.text
            messages[messages.count - 1] = ConversationMessage(
                id: id, role: role, milliseconds: last.milliseconds, session: session, text: text)
            return
        }
        let row = Int(ConversationPolicy.maxInARow)
        if role == .assistant, messages.count >= row, messages.suffix(row).allSatisfy({ $0.role == .assistant }) {
            messages.remove(at: messages.count - row)
        }
        if messages.count >= policy.maxMessages { messages.removeFirst() }
        messages.append(
            ConversationMessage(id: id, role: role, milliseconds: said, session: session, text: entry.text))
    }

    /// What was heard since it was taken last; nil where nothing was.
    /// - Parameter cleared: when the key was cleared last, ms since 1970: what was said before is left out.
    package mutating func take(since cleared: Int64 = .min) -> ConversationAddition? {
        defer { messages = [] }
        let kept = messages.filter { $0.milliseconds > cleared }
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
