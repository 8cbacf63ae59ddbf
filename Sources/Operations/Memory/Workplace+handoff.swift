internal import Archive
package import Domain
internal import Redis
internal import Storage

/// A handoff as JSON.
package struct HandoffView: Encodable, Sendable {
    package let session_id: String
    package let dispatch_key: String
    package let from: String
    package let to: String
    package let remark: String
    package let memory: Memory
    package let markdown: String

    package init(_ handoff: Handoff) {
        (session_id, dispatch_key, from, to) = (handoff.session, handoff.dispatchKey, handoff.from, handoff.to)
        (remark, memory, markdown) = (handoff.remark, handoff.memory, handoff.markdown)
    }
}

extension Workplace {
    /// A session for whoever goes on with its work: its summary, or what can be put together in its place.
    /// - Parameter name: a session's ID, or a dispatch key: then it is the session that the key has, or had last.
    /// - Throws: `Failure` where nothing is archived of it.
    package func handoff(_ name: String) throws -> Handoff {
        let archive = try archive()
        for session in try sessions(named: name, archive) {
            if let handoff = try handoff(of: session, archive) { return handoff }
        }
        throw Failure(
            .no, "nothing is archived of \(name)", remedy: "'holdfast sessions list' shows sessions and their keys",
            category: .not_found)
    }

    /// The memory of a session as a whole; nil where none was made yet.
    /// - Parameter name: its ID, or the key that has it.
    package func summary(ofSession name: String) throws -> Memory? {
        var connection = try connect()
        let (session, _) = try find(name, &connection)
        return try archiveIfAny?.summary(ofSession: session)?.memory
    }

    private func sessions(named name: String, _ archive: any ArchiveReading) throws -> [SessionID] {
        if let session = SessionID(rawValue: name), try !archive.episodes(ofSession: name, limit: 1).isEmpty {
            return [session]
        }
        guard let key = try? DispatchKey(name) else { return [] }
        let latest = try archive.sessions(under: key.rawValue).map { session in
            (
                session,
                try archive.episodes(ofSession: session.rawValue, limit: 1).first?.episode.capturedMilliseconds ?? 0
            )
        }.sorted { $0.1 > $1.1 }.map(\.0)
        // What the key resumes goes first; Redis may be away.
        guard var connection = try? connect(), let record = try? connection.ask(registry.binding(key)),
            let bound = record.sessionID
        else { return latest }
        return [bound] + latest.filter { $0 != bound }
    }

    private func handoff(of session: SessionID, _ archive: any ArchiveReading) throws -> Handoff? {
        let episodes = try archive.episodes(ofSession: session.rawValue, limit: 300)
        guard let newest = episodes.first, let oldest = episodes.last else { return nil }
        var handoff = Handoff(
            session: session.rawValue, dispatchKey: newest.episode.dispatchKey,
            from: ISOTime.text(oldest.episode.capturedMilliseconds),
            to: ISOTime.text(newest.episode.capturedMilliseconds), memory: Memory(title: "", summary: ""))
        if let summary = try archive.summary(ofSession: session) {
            let later = episodes.count { $0.episode.capturedMilliseconds > summary.capturedMilliseconds }
            handoff.memory = summary.memory
            if later > 0 {
                handoff.remark =
                    "\(counted(later, "episode")) came after this summary was made (\(ISOTime.text(summary.madeMilliseconds)))."
            }
            return handoff
        }
        let memories = episodes.reversed().compactMap(\.memory?.memory)
        if memories.isEmpty {
            handoff.memory = Memory(ofDigests: episodes.reversed().map { ($0.title, $0.digest) })
            handoff.remark = "No model was asked; this is what was asked, answered and changed, as it was captured."
        } else {
            handoff.memory = Memory(joining: memories)
            handoff.remark =
                "No summary was made yet; this is put together from the memories of \(counted(memories.count, "episode"))."
        }
        return handoff
    }
}

extension Memory {
    /// Several as one, without a model.
    fileprivate init(joining memories: [Memory]) {
        func all(_ items: (Memory) -> [String]) -> [String] {
            var seen: Set<String> = []
            return memories.flatMap(items).filter { seen.insert($0).inserted }
        }
        self.init(
            title: memories.last?.title ?? "",
            summary: memories.map { "\($0.title): \($0.summary)" }.joined(separator: "\n\n"),
            decisions: all(\.decisions), files: all(\.files), commands: all(\.commands),
            openQuestions: memories.last?.openQuestions ?? [])
    }

    fileprivate init(ofDigests digests: [(title: String, text: String)]) {
        self.init(
            title: digests.first?.title ?? "",
            summary: digests.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }
}
