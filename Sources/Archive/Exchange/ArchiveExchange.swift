internal import Domain
internal import FoundationEssentials

extension ArchiveReading {
    /// The first line of an export.
    package var exportHead: String {
        get throws { try ExportLine.json(ExportLine.Head(holdfastArchive: ExportLine.format, archiveID: id)) }
    }

    /// Hands out the archive as JSON lines: a head, then an object for each episode, in the order they came. Holds a
    /// few episodes in memory at a time; what is archived meanwhile may be among them or not.
    /// - Parameters:
    ///   - key: a dispatch key, or the agent before its first "/".
    ///   - body: gets each line, without the line break. It may call the archive.
    package func export(
        key: String? = nil, sinceMilliseconds: Int64? = nil, _ body: (String) throws -> Void
    ) throws {
        try body(ExportLine.json(ExportLine.Head(holdfastArchive: ExportLine.format, archiveID: id)))
        var last: EpisodeID?
        while true {
            let page = try episodes(after: last, key: key, sinceMilliseconds: sinceMilliseconds, limit: 16)
            for archived in page { try body(ExportLine.json(ExportLine(archived))) }
            guard let end = page.last else { return }
            last = end.episode.id
        }
    }
}

extension ArchivedEpisode {
    /// As a line of an export.
    package var exportLine: String { get throws { try ExportLine.json(ExportLine(self)) } }

    /// Whether its words are those that were captured.
    package var isSound: Bool { Arrival.checksum(of: episode.content) == episode.sha256 }
}

extension EpisodeArchive {
    /// Applies one line of an export; applied twice, it adds nothing more. What was unfinished there waits in the backlog
    /// here, as history; what was finished stays finished.
    /// - Parameter cleaned: gives a text as it may be kept: an export may come from anywhere.
    package func importLine(
        _ line: String, nowMilliseconds: Int64, cleaned: (String) -> String
    ) throws(ArchiveError) -> ImportOutcome {
        guard line.utf8.count <= ExportLine.limit else { return .refused(reason: "the line is longer than 8 MB") }
        let data = Data(line.utf8)
        // What is no head is an episode, or refused as none below.
        if let head = try? JSONDecoder().decode(ExportLine.Head.self, from: data) {
            return head.holdfastArchive == ExportLine.format
                ? .head
                : .refused(reason: "the export has format \(head.holdfastArchive), known is \(ExportLine.format)")
        }
        let exported: ImportedEpisode
        do {
            exported = try ImportedEpisode(JSONDecoder().decode(ExportLine.self, from: data)).cleaned(by: cleaned)
        } catch let refusal as ImportedEpisode.Refusal {
            return .refused(reason: refusal.reason)
        } catch {
            return .refused(reason: "the line is no episode of an export")
        }
        return try take(exported, nowMilliseconds: nowMilliseconds)
    }
}
