/// What is forgotten, by names: no word of it.
package struct Forgotten: Sendable, Equatable {
    /// Of which nothing is kept.
    package var sessions: Set<SessionID> = []
    /// Messages, as `EpisodeEntry.identity` names them, whichever session holds a copy.
    package var messages: Set<String> = []
    /// Episodes of which nothing is kept: those that cannot be understood.
    package var episodes: Set<EpisodeID> = []
    /// Episodes of which the memory goes, and what was said of a failure, whatever they were made of.
    package var remarks: Set<EpisodeID> = []

    package init() {}

    package var isEmpty: Bool { sessions.isEmpty && messages.isEmpty && episodes.isEmpty && remarks.isEmpty }

    package mutating func formUnion(_ other: Forgotten) {
        sessions.formUnion(other.sessions)
        messages.formUnion(other.messages)
        episodes.formUnion(other.episodes)
        remarks.formUnion(other.remarks)
    }

    /// Whether nothing of an episode is kept, whatever it says.
    package func includes(_ episode: EpisodeID, ofSession session: String) -> Bool {
        episodes.contains(episode) || SessionID(rawValue: session).map(sessions.contains) ?? false
    }

    /// What is left of an episode's content.
    package enum Remainder: Sendable, Equatable {
        case all
        case part(content: String, entries: Int)
        case nothing
    }

    package func remainder(of content: String, _ episode: EpisodeID, ofSession session: String) -> Remainder {
        if includes(episode, ofSession: session) { return .nothing }
        guard !messages.isEmpty else { return .all }
        let lines = Array(content.utf8).split(separator: 10)
        let kept = lines.filter { line in
            EpisodeEntry(json: line).map { !messages.contains($0.identity) } ?? true
        }
        if kept.count == lines.count { return .all }
        guard !kept.isEmpty else { return .nothing }
        return .part(content: String(decoding: Array(kept.joined(separator: [10])), as: UTF8.self), entries: kept.count)
    }
}

/// What a person wants to be forgotten.
package enum ForgetWish: Sendable, Equatable {
    case session(SessionID)
    /// Every session that was recorded under it, and what was added to it.
    case key(DispatchKey)
    /// Every message that holds it.
    case text(SoughtText)

    package var text: SoughtText? {
        if case .text(let text) = self { text } else { nil }
    }
}

/// What a place knows of messages that are to be forgotten, session by session.
package struct ForgottenMessages: Sendable, Equatable {
    /// As `EpisodeEntry.identity` names them.
    package var messages: Set<String> = []
    /// Of the first and of the last of them, ISO 8601; empty where none has one.
    package var first = ""
    package var last = ""

    package init() {}

    /// - Parameter at: ISO 8601; empty where the message has none.
    package mutating func add(_ identity: String, at time: String) {
        messages.insert(identity)
        // A transcript may hold anything there.
        guard ISOTime.milliseconds(time) != nil else { return }
        first = first.isEmpty ? time : min(first, time)
        last = max(last, time)
    }

    package mutating func formUnion(_ other: ForgottenMessages) {
        messages.formUnion(other.messages)
        for time in [other.first, other.last] where !time.isEmpty {
            first = first.isEmpty ? time : min(first, time)
            last = max(last, time)
        }
    }
}

extension EpisodeEntry {
    /// What a message is known by, whoever holds a copy: the uuid of its line, where that has one, else `#` and its hash.
    package var identity: String { Self.identity(uuid: uuid, hash: hash) }

    /// - Parameter uuid: a transcript may hold anything there; what is no plain name would say words.
    package static func identity(uuid: String, hash: String) -> String {
        SessionID(rawValue: uuid) == nil ? "#" + hash : uuid
    }
}
