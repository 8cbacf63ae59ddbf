internal import Domain
internal import FoundationEssentials
internal import GRDB

/// Writes arrivals within one transaction. One statement for an entry that is new, two for one that is known; the
/// statements are compiled once a connection.
struct EpisodeWriter {
    /// The error of an episode that was damaged when it came.
    private static let cameDamaged = "damaged"

    let database: Database
    private let now: Int64
    private let findEpisode, addEpisode, addEntry, findEntry, findSaid, addRepetition, addUnreadable: Statement
    private let addDigest, addWords, settle: Statement
    private let forgetting: ForgottenNames

    init(_ database: Database, nowMilliseconds: Int64) throws {
        self.database = database
        now = nowMilliseconds
        forgetting = try ForgottenNames(database)
        findEpisode = try database.cachedStatement(
            sql: "SELECT number, place, outcome, damage, error_type FROM episode WHERE id = ?")
        addEpisode = try database.cachedStatement(
            sql: """
                INSERT INTO episode (id, session_id, dispatch_key, group_id, host, session_file, file_id, generation,
                    bytes_from, bytes_to, agent_id, filter, sha256, captured_ms, entry_count, place, is_history,
                    retry_count, archived_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)
                """)
        addEntry = try database.cachedStatement(
            sql: """
                INSERT INTO entry (key, episode, position, uuid, hash, role, at, agent, text)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
                """)
        findEntry = try database.cachedStatement(sql: "SELECT * FROM entry WHERE key = ?")
        findSaid = try database.cachedStatement(
            sql: """
                SELECT entry.number AS number FROM episode JOIN entry ON entry.episode = episode.number
                WHERE episode.file_id = :file AND entry.uuid <> '' AND entry.role = :role AND entry.agent = :agent
                    AND trim(entry.text, :blanks) = trim(:text, :blanks)
                LIMIT 1
                """)
        addRepetition = try database.cachedStatement(sql: "INSERT INTO repetition VALUES (?, ?, ?)")
        addUnreadable = try database.cachedStatement(sql: "INSERT INTO unreadable VALUES (?, ?, ?)")
        addDigest = try database.cachedStatement(sql: "INSERT INTO digest VALUES (?, ?, ?, ?)")
        addWords = try database.cachedStatement(
            sql: "INSERT INTO conversation_words (rowid, digest, raw, scope) VALUES (?, ?, ?, ?)")
        settle = try database.cachedStatement(
            sql: """
                UPDATE episode SET new_entry_count = ?, place = ?, outcome = ?, finished_ms = ?, discarded_ms = ?,
                    damage = ?, error_type = ?, error_message = ? WHERE number = ?
                """)
    }

    func knows(_ id: EpisodeID) throws -> Bool {
        try Row.fetchOne(findEpisode, arguments: [id.rawValue]) != nil
    }

    /// Whether something of an episode may be kept.
    func takes(_ episode: StoredEpisode) throws -> Bool { try forgetting.remainder(of: episode) == nil }

    func add(_ arrival: Arrival) throws -> IngestOutcome {
        let episode = arrival.episode
        if episode.discardedMilliseconds == nil, let remainder = try forgetting.remainder(of: episode) {
            return .forgotten(remainder)
        }
        if let known = try Row.fetchOne(findEpisode, arguments: [episode.id.rawValue]),
            try !makeRoom(for: arrival, known)
        {
            return try meet(
                arrival, number: known.value("number"), at: place(of: known), damage: known.value("damage"))
        }
        let number = try addRow(episode)
        if let discarded = episode.discardedMilliseconds {
            try settle(number, .finished(.discarded), discarded: discarded)
            return .discarded
        }
        let count = try addContent(arrival, number)
        if let damage = arrival.damage {
            try settle(
                number, .finished(.dead), newEntries: count, damage: damage.rawValue, error: arrival.damageReason)
            return .damaged(reason: arrival.damageReason)
        }
        guard count > 0, try !isRemembered(episode, number) else {
            try settle(number, .finished(.duplicate), newEntries: count)
            return .duplicate
        }
        try settle(number, .queued, newEntries: count)
        return .archived(newEntries: count)
    }

    /// One that came damaged, and comes again whole: what was kept of it stands aside under a name of its own. Its
    /// index is of the wrong words; that of one which a disk altered is of the right ones, and `repair` keeps it.
    /// - Returns: whether there is room for it now.
    private func makeRoom(for arrival: Arrival, _ known: Row) throws -> Bool {
        let damage: String = try known.value("damage"), error: String = try known.value("error_type")
        guard damage == Arrival.Damage.checksum.rawValue, error == Self.cameDamaged, arrival.damage == nil,
            arrival.episode.discardedMilliseconds == nil
        else { return false }
        try database.execute(
            sql: "UPDATE episode SET id = lower(hex(randomblob(16))) WHERE number = ?",
            arguments: [try known.value("number") as Int64])
        return true
    }

    private func place(of row: Row) throws -> Place {
        guard let place = try Place(place: row.value("place"), outcome: row.value("outcome")) else {
            throw ArchiveError.corrupt(reason: "an episode is nowhere")
        }
        return place
    }

    /// The episode is here already.
    private func meet(_ arrival: Arrival, number: Int64, at place: Place, damage: String) throws -> IngestOutcome {
        if let discarded = arrival.episode.discardedMilliseconds {
            if place.outcome == nil {
                try database.execute(
                    sql: """
                        UPDATE episode SET place = 'finished', outcome = 'discarded', finished_ms = ?, discarded_ms = ?
                        WHERE number = ?
                        """, arguments: [now, discarded, number])
            }
            return .discarded
        }
        // What a damaged archive lost, or a disk altered, has come back.
        if arrival.damage == nil {
            switch Arrival.Damage(rawValue: damage) {
            case .lost:
                let count = try addContent(arrival, number)
                try database.execute(
                    sql: "UPDATE episode SET damage = '', new_entry_count = ? WHERE number = ?",
                    arguments: [count, number])
            case .checksum: try repair(arrival, number)
            case .line, nil: break
            }
        }
        return .known(place)
    }

    func addRow(_ episode: StoredEpisode) throws -> Int64 {
        try addEpisode.execute(arguments: [
            episode.id.rawValue, episode.sessionID, episode.dispatchKey, episode.groupID, episode.host,
            episode.sessionFile, episode.file?.rawValue ?? "", episode.generation, episode.bytes.lowerBound,
            episode.bytes.upperBound, episode.agentID, episode.filterMark, episode.sha256,
            episode.capturedMilliseconds, episode.entryCount, episode.isHistory, episode.retryCount, now,
        ])
        return database.lastInsertedRowID
    }

    /// - Returns: how many of its entries nobody brought before.
    private func addContent(_ arrival: Arrival, _ number: Int64) throws -> Int {
        var new: [EpisodeEntry] = []
        var texts: [String] = []
        for (position, line) in arrival.lines.enumerated() {
            guard let entry = line.content.storable else {
                let raw = line.content.raw ?? ""
                try addUnreadable.execute(arguments: [number, position, Data(raw.utf8)])
                texts.append(PlainText.withoutZeros(raw))
                continue
            }
            var raw = line.content.raw
            if let said = try saidInTranscript(entry, of: arrival.episode) {
                try addRepetition.execute(arguments: [number, position, said])
                raw = raw ?? entry.json
            } else if try insert(entry, key: line.key, number, position) {
                new.append(entry)
                texts.append(entry.text)
            } else if try repeats(entry, key: line.key, number, position) == false {
                // A copy that was made at another time, or of another agent.
                raw = raw ?? entry.json
            }
            if let raw { try addUnreadable.execute(arguments: [number, position, Data(raw.utf8)]) }
        }
        guard !texts.isEmpty else { return 0 }
        let digest = Digest(of: new)
        let text = digest.text
        let scope = SearchScope.words(forKey: arrival.episode.dispatchKey)
        try addDigest.execute(arguments: [number, digest.title, text, scope])
        try addWords.execute(arguments: [number, text, texts.joined(separator: "\n"), scope])
        return new.count
    }

    /// An answer by a hook's word that was captured from its transcript before that was cut or deleted: whoever found it
    /// missing there could not know. What was said twice in the same words is one entry then, and each time a line.
    /// - Returns: the number of the transcript's entry; nil for whatever is no such answer.
    private func saidInTranscript(_ entry: EpisodeEntry, of episode: StoredEpisode) throws -> Int64? {
        guard episode.bytes.isEmpty, entry.uuid.isEmpty, entry.role == .assistant, let file = episode.file else {
            return nil
        }
        return try Int64.fetchOne(
            findSaid,
            arguments: [
                "file": file.rawValue, "role": entry.role.rawValue, "agent": entry.subagent, "text": entry.text,
                "blanks": " \t\r\n",
            ])
    }

    private func insert(_ entry: EpisodeEntry, key: [UInt8], _ number: Int64, _ position: Int) throws -> Bool {
        try addEntry.execute(arguments: [
            Data(key), number, position, entry.uuid, entry.hash, entry.role.rawValue, entry.at, entry.subagent,
            entry.text,
        ])
        return database.changesCount > 0
    }

    /// - Returns: whether the entry that is here gives back this one's line.
    private func repeats(_ entry: EpisodeEntry, key: [UInt8], _ number: Int64, _ position: Int) throws -> Bool {
        guard let row = try Row.fetchOne(findEntry, arguments: [Data(key)]) else {
            throw ArchiveError.corrupt(reason: "an entry is known and not found")
        }
        try mend(row, entry)
        try addRepetition.execute(arguments: [number, position, try row.value("number") as Int64])
        let at: String = try row.value("at"), subagent: String = try row.value("agent")
        return at == entry.at && subagent == entry.subagent
    }

    func settle(
        _ number: Int64, _ place: Place, newEntries: Int = 0, discarded: Int64? = nil, damage: String = "",
        error: String = ""
    ) throws {
        try settle.execute(arguments: [
            newEntries, place.name, place.outcome?.rawValue, place.outcome == nil ? nil : now, discarded, damage,
            damage.isEmpty ? "" : Self.cameDamaged, error, number,
        ])
    }
}
