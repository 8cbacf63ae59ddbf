internal import Archive
package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// A session as a person looks at it: whether it can go on, what it was about, and how to go on with it. A look drops and
/// counts nothing.
package struct SessionLook: Codable, Sendable {
    /// What a person wants to know first.
    package enum Standing: String, Codable, Sendable {
        case resumable, busy, restorable, elsewhere, gone
    }

    package let session_id: String
    @OrNull package var dispatch_key: String?
    package let standing: Standing
    /// As a lookup says it: of its key where that has it, else of the session alone.
    package let verdict: LookupVerdict
    /// Of its last prompt, a line; nil where nothing of it is archived.
    @OrNull package var title: String?
    /// What goes on with it; nil where nothing does.
    @OrNull package var command: String?
    /// Whether its dispatch key has it.
    package let bound: Bool
    @OrNull package var last_used_at: Timestamp?
    package let turns: Int
    package let resumes: Int
    package let cwd: String
    package let host: String
    package let model: String

    init(_ id: SessionID, _ record: SessionRecord, _ verdict: LookupVerdict, isBound: Bool, title: String?) {
        session_id = id.rawValue
        self.verdict = verdict
        standing = Standing(verdict)
        bound = isBound
        turns = Int(record.turns)
        resumes = Int(record.resumes)
        cwd = record.cwd
        host = record.host
        model = record.model
        dispatch_key = record.dispatchKey?.rawValue
        last_used_at = Timestamp(orNever: record.lastUsedMilliseconds)
        self.title = title
        command = Self.command(id, standing, key: isBound ? record.dispatchKey : nil)
    }

    /// A dead session is not offered, and one that somebody drives is not to be driven by two.
    private static func command(_ id: SessionID, _ standing: Standing, key: DispatchKey?) -> String? {
        switch standing {
        case .resumable, .restorable, .elsewhere:
            if let key { return "holdfast dispatch \(shellWord(key.rawValue)) -- claude" }
            return standing == .resumable
                ? "claude --resume \(id)" : standing == .restorable ? "holdfast vault restore \(id)" : nil
        case .busy, .gone: return nil
        }
    }

    /// Quoted where a shell would read it as anything but one word.
    private static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "/-_.:@%+,=".utf8.contains(byte)
        }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

extension SessionLook.Standing {
    init(_ verdict: LookupVerdict) {
        self =
            switch verdict {
            case .resumable: .resumable
            // The account's limit ends by itself.
            case .busy, .limited: .busy
            case .restorable: .restorable
            case .elsewhere: .elsewhere
            case .expired, .missing, .retired, .none: .gone
            }
    }
}

/// Looks at some of many sessions.
package struct SessionLooks: Codable, Sendable {
    package let sessions: [SessionLook]
    /// How many there are, of those that were looked for.
    package let total: Int
    /// nil on the last page.
    @OrNull package var next_offset: Int?
}

extension Workplace {
    /// At most so many sessions are looked at in one call: each is looked for on the disk.
    package static let mostLooks = 100
    /// So many of those used last are searched for a word of their key, ID or folder.
    private static let mostSearched = 10_000

    /// Looks at sessions, those used last first.
    /// - Parameter search: part of a key, an ID or a folder, or words of what was said; empty for all.
    package func looks(search: String = "", limit: Int, offset: Int = 0) throws -> SessionLooks {
        guard (1...Self.mostLooks).contains(limit), (0...10_000_000).contains(offset) else {
            throw Failure(
                .usage, "limit is \(limit), offset \(offset); allowed: 1 to \(Self.mostLooks), and 0 to 10000000")
        }
        var connection = try connect()
        let ids: [SessionID], total: Int
        if search.isEmpty {
            let (page, count) = try connection.ask(registry.usedLast(offset..<offset + limit), registry.count)
            (ids, total) = (page, Int(count))
        } else {
            let found = try matching(search, &connection)
            (ids, total) = (Array(found.dropFirst(offset).prefix(limit)), found.count)
        }
        let archive = archiveIfAny
        let sessions = try ids.map { try look(at: $0, archive, &connection) }
        return SessionLooks(
            sessions: sessions, total: total, next_offset: offset + limit < total ? offset + limit : nil)
    }

    /// - Throws: `Failure` where nothing is known of it.
    func look(at id: SessionID) throws -> SessionLook {
        var connection = try connect()
        guard try connection.ask(registry.exists(id)) else {
            throw Failure(.no, "nothing is known of session \(id)", remedy: "see 'holdfast sessions list'")
        }
        return try look(at: id, archiveIfAny, &connection)
    }

    private func look(
        at id: SessionID, _ archive: (any ArchiveReading)?, _ connection: inout RedisConnection
    ) throws -> SessionLook {
        let record = try connection.ask(registry.session(id)) ?? SessionRecord()
        let binding = try record.dispatchKey.flatMap { try connection.ask(registry.binding($0)) }
        let isBound = binding?.sessionID == id || binding?.candidateID == id
        let verdict = try verdict(of: id, record, isBound: isBound, &connection)
        return SessionLook(id, record, verdict, isBound: isBound, title: lastPrompt(of: id, archive))
    }

    /// The key's, where the key would have this session; else the session's own.
    private func verdict(
        of id: SessionID, _ record: SessionRecord, isBound: Bool, _ connection: inout RedisConnection
    ) throws -> LookupVerdict {
        // One without a key is looked at alone, and no key's age limit applies to it.
        let key = try record.dispatchKey ?? DispatchKey(id.rawValue)
        let lookup = SessionLookup(key: key, settings: settings, host: host, peek: true)
        if isBound {
            let result = try lookup.run(over: &connection)
            if result.session == id || result.verdict == .limited { return result.verdict }
        }
        return lookup.verdict(ofAlone: id, record)
    }

    private func lastPrompt(of id: SessionID, _ archive: (any ArchiveReading)?) -> String? {
        let entries = (try? archive?.entries(ofSession: id.rawValue, limit: 200)) ?? []
        guard let prompt = entries.last(where: { $0.role == .user && $0.subagent.isEmpty }) else { return nil }
        let line = prompt.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 120 ? line.prefix(119) + "…" : line
    }

    private func matching(_ search: String, _ connection: inout RedisConnection) throws -> [SessionID] {
        let wanted = search.lowercased()
        var found: [SessionID] = []
        for start in stride(from: 0, to: Self.mostSearched, by: 1000) {
            let ids = try connection.ask(registry.usedLast(start..<start + 1000))
            let records = try connection.ask(registry.sessions(ids))
            found += zip(ids, records).filter { id, record in
                id.rawValue.lowercased().hasPrefix(wanted)
                    || [record?.dispatchKey?.rawValue ?? "", record?.cwd ?? ""].contains {
                        $0.lowercased().contains(wanted)
                    }
            }.map(\.0)
            if ids.count < 1000 { break }
        }
        // Words that were said: an archive that is away, or a search without a letter, finds none.
        let hits = (try? archiveIfAny?.search(ArchiveSearch(search, limit: 100))) ?? []
        var known = Set(found)
        for hit in hits where hit.hasAllWords {
            guard let id = SessionID(rawValue: hit.sessionID), known.insert(id).inserted,
                try connection.ask(registry.exists(id))
            else { continue }
            found.append(id)
        }
        return found
    }
}
