internal import Archive
package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// All that there is of one session, for a person.
package struct SessionDetail: Codable, Sendable {
    package struct Message: Codable, Sendable {
        /// user or assistant.
        package let role: String
        @OrNull package var at: Timestamp?
        package let text: String
    }

    package struct Episode: Codable, Sendable {
        package let episode_id: String
        /// queued, backlog, or how it ended.
        package let state: String
        package let captured_at: Timestamp
        package let title: String
        /// What is remembered of it; nil where nothing is.
        @OrNull package var memory: String?
    }

    package let session: SessionLook
    /// What the next dispatch of its key does, and why; nil where it has no key.
    @OrNull package var next_dispatch: String?
    /// As a model made it of its memories; nil where it made none yet.
    @OrNull package var summary: Memory?
    /// As it was captured, the oldest first; of a long one the end.
    package let messages: [Message]
    /// The newest first.
    package let episodes: [Episode]
    /// The newest first.
    package let events: [Event]
}

/// A session that is forgotten.
package struct ForgottenSession: Encodable, Sendable {
    package let session_id: String
    package let outcome: ForgetAnswer.Outcome
}

/// A session that was put back.
package struct RestoredSession: Encodable, Sendable {
    package let session_id: String
    /// whole, reduced or spoken; present where it was there already.
    package let outcome: String
    package let cwd: String
}

extension Workplace {
    /// - Throws: `Failure` for what is no session ID.
    package static func sessionID(_ text: String) throws(Failure) -> SessionID {
        guard let id = SessionID(rawValue: text) else {
            throw Failure(.badInput, "'\(text)' is no session ID, as 'holdfast sessions list' shows them")
        }
        return id
    }

    /// - Throws: `Failure` where nothing is known of it.
    package func detail(of id: SessionID) throws -> SessionDetail {
        let look = try look(at: id)
        let key = try look.dispatch_key.map { try DispatchKey($0) }
        let archive = archiveIfAny
        let said = try archive?.entries(ofSession: id.rawValue, limit: 1000) ?? []
        let messages = said.compactMap { entry -> SessionDetail.Message? in
            guard entry.subagent.isEmpty, entry.role == .user || entry.role == .assistant else { return nil }
            return SessionDetail.Message(
                role: entry.role == .user ? "user" : "assistant",
                at: ISOTime.milliseconds(entry.at).map { Timestamp($0) },
                text: entry.text)
        }
        return SessionDetail(
            session: look, next_dispatch: try key.map { try explain($0, for: look.cwd).paragraph },
            summary: try archive?.summary(ofSession: id)?.memory, messages: messages.suffix(200),
            episodes: try archive.map { try episodes(of: id, $0) } ?? [],
            events: try events(limit: 2000).events.filter { $0.session_id == id.rawValue }.prefix(40).map(\.self))
    }

    private func episodes(
        of id: SessionID, _ archive: any ArchiveReading
    ) throws(ArchiveError) -> [SessionDetail.Episode] {
        try archive.episodes(ofSession: id.rawValue, limit: 40).map { archived in
            SessionDetail.Episode(
                episode_id: archived.episode.id.rawValue,
                state: archived.place.outcome?.rawValue ?? archived.place.name,
                captured_at: Timestamp(archived.episode.capturedMilliseconds),
                title: archived.memory?.memory.title ?? archived.title, memory: archived.memory?.memory.summary)
        }
    }

    /// Puts a session back where it was made.
    /// - Throws: `Failure`, `RestoreError`.
    package func restoreSession(_ id: SessionID) throws -> RestoredSession {
        let folder = try look(at: id).cwd
        guard Files.isFolder(folder) else {
            throw Failure(
                .no, "the folder of session \(id) is gone (\(folder))",
                remedy: "in another folder: 'holdfast vault restore \(id)'")
        }
        let restored = try putBack(id, of: nil, for: folder)
        return RestoredSession(session_id: id.rawValue, outcome: restored?.outcome.rawValue ?? "present", cwd: folder)
    }

    /// Removes a session's words from everywhere.
    package func forgetSession(_ id: SessionID) throws -> ForgottenSession {
        let answer = try forget(.session(id), isDryRun: false) { _ in true }
        return ForgottenSession(session_id: id.rawValue, outcome: answer?.outcome ?? .found)
    }
}
