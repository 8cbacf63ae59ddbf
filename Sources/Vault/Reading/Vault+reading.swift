package import Domain
internal import GRDB
internal import Platform

extension Vault {
    /// All that is kept of a session; nil when nothing is.
    package func session(_ id: SessionID) throws(VaultError) -> KeptSession? {
        let files = try read { database in
            try Generation.latest(of: id.rawValue, database).map {
                KeptFile(generation: $0, segments: try Segment.all(of: $0.number, database))
            }
        }
        return files.isEmpty ? nil : KeptSession(id: id, files: files)
    }

    /// All that stood under a name, what was added to last first.
    package func states(of id: SessionID, _ name: String) throws(VaultError) -> [KeptFile] {
        try read { database in
            try Generation.all(of: id.rawValue, name: name, database)
                .sorted { ($0.lastMilliseconds, $0.end) > ($1.lastMilliseconds, $1.end) }
                .map { KeptFile(generation: $0, segments: try Segment.all(of: $0.number, database)) }
        }
    }

    /// A page of the sessions there are, those that were added to last first.
    /// - Parameter before: of the last one of the page before.
    package func sessions(
        limit: Int, before: (milliseconds: Int64, session: SessionID)? = nil
    ) throws(VaultError) -> [SessionID] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT session FROM file JOIN generation ON generation.file = file.number
                    GROUP BY session HAVING (max(last_ms), session) < (?, ?)
                    ORDER BY max(last_ms) DESC, session DESC LIMIT ?
                    """,
                arguments: [before?.milliseconds ?? .max, before?.session.rawValue ?? "", limit]
            ).compactMap(SessionID.init)
        }
    }

    /// The sessions whose IDs begin with a text.
    package func sessions(beginningWith text: String) throws(VaultError) -> [SessionID] {
        try read { database in
            try String.fetchAll(
                database,
                sql: "SELECT DISTINCT session FROM file WHERE substr(session, 1, length(?1)) = ?1 ORDER BY session",
                arguments: [text]
            ).compactMap(SessionID.init)
        }
    }

    /// The sessions whose own transcript lay in a client's folder of this name when it was last added to, with when that was
    /// (ms since 1970).
    package func sessions(ofProject slug: String) throws(VaultError) -> [SessionID: Int64] {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT session, max(last_ms) AS last FROM file JOIN generation ON generation.file = file.number
                    WHERE instr(name, '/') = 0 AND substr(path, -length(?1)- length(name)) = ?1 || name GROUP BY session
                    """, arguments: ["/\(slug)/"])
        }
        do {
            var found: [SessionID: Int64] = [:]
            for row in rows {
                guard let session = SessionID(rawValue: try row.decode(forColumn: "session")) else { continue }
                found[session] = try row.number("last")
            }
            return found
        } catch {
            throw VaultError(error)
        }
    }

    /// The bytes of a segment, proven by their SHA-256.
    /// - Throws: `damaged` where they are not what was kept.
    package func content(of segment: Segment) throws(VaultError) -> [UInt8] {
        do throws(VaultError) {
            return try contentInPlace(of: segment)
        } catch {
            // Its pack may have been written anew since the index was asked.
            guard case .damaged = error,
                let moved = try read({ try Segment.page(after: segment.number - 1, limit: 1, $0) }).first,
                moved.isSame(as: segment), moved.place != segment.place
            else { throw error }
            return try contentInPlace(of: moved)
        }
    }

    private func opened(_ bytes: [UInt8], named name: String) throws(VaultError) -> (
        head: SegmentHead, content: [UInt8]
    ) {
        do throws(VaultError) {
            return try Frame.content(of: bytes[...], named: name, seal)
        } catch {
            // A key is set, so that setting one is no way out.
            if case .locked = error, let keyFault { throw keyFault }
            throw error
        }
    }

    private func contentInPlace(of segment: Segment) throws(VaultError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try packs.read(segment.place)
        } catch {
            guard error.isMissing else { throw VaultError(error) }
            throw .damaged(segment: segment.name, reason: "the pack is gone")
        }
        guard bytes.count == segment.place.length else {
            throw .damaged(segment: segment.name, reason: "the pack ends before it does")
        }
        let (head, content) = try opened(bytes, named: segment.name)
        guard head.sha256 == segment.sha256, head.range == segment.range else {
            throw .damaged(segment: segment.name, reason: "another segment lies there")
        }
        return content
    }
}
