internal import Domain
internal import Mustache
internal import Operations

/// The values of `session.mustache`.
enum SessionContext {
    static func of(_ detail: SessionDetail, host: String, now: Timestamp) -> JSONValue {
        let session = SessionRows.row(detail.session, now: now).adding([
            "can_restore": .bool(detail.session.standing == .restorable),
            "model": detail.session.model.isEmpty ? .null : .string(VisibleText.of(detail.session.model)),
            "id_path": .string(PageLink.part(detail.session.session_id)),
        ])
        let episodes = detail.episodes.map { episode in
            PageRow.of(episode, key: "", episode: episode.episode_id, now: now).adding([
                "title": .string(episode.title.isEmpty ? "(no title)" : VisibleText.of(episode.title))
            ])
        }
        let messages = detail.messages.map { message in
            ShownValue.of(message, now: now).adding(["speaker": .string(message.role == "user" ? "User" : "Agent")])
        }
        return .object([
            "host": .string(VisibleText.of(host)), "title": session["title"] ?? .null,
            "detail": .object([
                "session": session, "next_dispatch": detail.next_dispatch.map { .string(VisibleText.of($0)) } ?? .null,
                "messages": .array(messages), "any_message": .bool(!messages.isEmpty),
                "episodes": .array(episodes), "any_episode": .bool(!episodes.isEmpty),
                "events": .array(detail.events.map { EventRows.row($0, now: now) }),
                "any_event": .bool(!detail.events.isEmpty),
            ]),
        ])
    }
}
