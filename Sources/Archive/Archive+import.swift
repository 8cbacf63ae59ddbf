internal import Domain
internal import FoundationEssentials
internal import GRDB

extension Archive {
    /// Applies one line of an export; applied twice, it adds nothing more. What was unfinished there waits in the backlog
    /// here, as history; what was finished stays finished.
    package func importLine(_ line: String, nowMilliseconds: Int64) throws(ArchiveError) -> ImportOutcome {
        guard line.utf8.count <= ExportLine.limit else { return .refused(reason: "the line is longer than 8 MB") }
        let data = Data(line.utf8)
        if let head = try? JSONDecoder().decode(ExportLine.Head.self, from: data) {
            return head.holdfastArchive == ExportLine.format
                ? .head
                : .refused(reason: "the export has format \(head.holdfastArchive), known is \(ExportLine.format)")
        }
        let exported: ImportedEpisode
        do {
            exported = try ImportedEpisode(JSONDecoder().decode(ExportLine.self, from: data))
        } catch let refusal as ImportedEpisode.Refusal {
            return .refused(reason: refusal.reason)
        } catch {
            return .refused(reason: "the line is no episode of an export")
        }
        return try apply(exported, nowMilliseconds: nowMilliseconds)
    }

    func apply(_ imported: ImportedEpisode, nowMilliseconds: Int64) throws(ArchiveError) -> ImportOutcome {
        var arrival = Arrival(imported.episode)
        arrival.damage = imported.damage
        let id = imported.episode.id
        return try write { database in
            let ingest = try Ingest(database, nowMilliseconds: nowMilliseconds)
            let isNew = try !ingest.knows(id)
            let outcome = try ingest.add(arrival)
            if case .archived = outcome {
                if let place = imported.place.outcome, place != .duplicate {
                    try Self.finish(id, as: place, failure: imported.failure, nowMilliseconds, database)
                } else {
                    try database.execute(
                        sql: "UPDATE episode SET place = 'backlog' WHERE id = ?", arguments: [id.rawValue])
                }
            }
            guard let memory = imported.memory else { return isNew ? .added(id) : .known(id) }
            let stored = try Self.insert(memory, json: memory.memory.json(), text: memory.memory.text, database)
            try Self.finish(id, as: .memory, failure: nil, nowMilliseconds, database)
            return isNew ? .added(id) : stored == .stored ? .memoryAdded(id) : .known(id)
        }
    }
}
