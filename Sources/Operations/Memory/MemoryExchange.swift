internal import Archive
internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Settings
internal import Storage

/// Exported episodes that were handed to the companion, and what it has made of them.
package struct ImportAnswer: Encodable, Sendable {
    package let file: String
    package let lines: String
    /// nil while the companion has not taken them in.
    package struct Taken: Encodable, Sendable {
        package let added: Int
        package let memories_added: Int
        package let known: Int
        package let forgotten: Int
        package let refused: Int
    }
    @OrNull package var taken: Taken?
    /// Whether the companion could not read the file, and set it aside.
    package let is_refused: Bool

    /// For people.
    package var sentence: String {
        guard let taken else {
            return is_refused
                ? "it cannot be read; it lies in \(file).refused" : "\(lines) lines left for the companion (\(file))"
        }
        var parts = ["\(taken.added) new", "\(taken.known) here already"]
        if taken.memories_added > 0 { parts.insert("\(taken.memories_added) here, their memories new", at: 1) }
        if taken.forgotten > 0 { parts.append("\(taken.forgotten) forgotten, and left out") }
        let sum = taken.added + taken.memories_added + taken.known + taken.forgotten
        let refused = taken.refused > 0 ? "; \(counted(taken.refused, "line")) refused (\(file).refused)" : ""
        return "\(counted(sum, "episode")): " + parts.joined(separator: ", ") + refused
    }
}

extension Workplace {
    /// Hands out the archive as JSON lines: a head, then an object for each episode.
    /// - Parameters:
    ///   - key: a dispatch key, or the agent before its first "/".
    ///   - body: gets each line, without the line break.
    /// - Throws: `Failure` where nothing is archived yet, and what `body` throws.
    package func exportMemory(key: String?, sinceMilliseconds: Int64?, _ body: (String) throws -> Void) throws {
        try archive().export(key: key, sinceMilliseconds: sinceMilliseconds, body)
    }

    /// Leaves exported episodes for the companion, who alone writes the archive, and waits a while for what it says of them.
    /// - Parameters:
    ///   - export: what `exportMemory` handed out.
    ///   - patience: how long it is waited for while a companion runs.
    /// - Throws: `Failure` for what is none; `FileError`.
    package func leave(export: [UInt8], patience: Duration) throws -> ImportAnswer {
        let lines = export.split(separator: UInt8(ascii: "\n")).count
        guard lines > 0 else {
            throw Failure(.badInput, "nothing on stdin; give it what 'holdfast memory export' wrote")
        }
        let mark = "holdfast_archive"
        guard export.starts(with: "{\"\(mark)\"".utf8) || export.prefix(200).firstRange(of: Array(mark.utf8)) != nil
        else { throw Failure(.badInput, "the first line is no head of an export; see 'holdfast memory export'") }
        let place = try LeftExport(settings.state)
        try place.add(export)
        return try left(place, lines: lines, patience: patience)
    }

    /// The same with lines as they come, for exports that fit into no memory; of none nothing is left.
    func handOver(patience: Duration, _ body: ((String) throws -> Void) throws -> Void) throws {
        let place = try LeftExport(settings.state)
        defer { place.discard() }
        var lines = 0
        try body { line in
            try place.add(line: line)
            lines += 1
        }
        if lines > 0 { _ = try left(place, lines: lines, patience: patience) }
    }

    func handOver(_ lines: [String], patience: Duration) throws {
        try handOver(patience: patience) { put in try lines.forEach(put) }
    }

    private func left(_ place: LeftExport, lines: Int, patience: Duration) throws -> ImportAnswer {
        let path = try place.leave()
        // Whoever listens looks at once; if nobody does, the file waits.
        if var connection = try? connect() { try? connection.wakeDrains(of: queue) }
        let taken = taken(path, within: patience)
        return ImportAnswer(
            file: path, lines: "\(lines)", taken: taken,
            is_refused: taken == nil && !Files.exists(path) && Files.exists(path + ".refused"))
    }

    private func taken(_ path: String, within patience: Duration) -> ImportAnswer.Taken? {
        let starter = CompanionStarter(settings: settings), watch = Stopwatch(limit: patience)
        while Files.exists(path), !watch.isOver, starter.isCompanionRunning { usleep(20_000) }
        guard !Files.exists(path), let tally = ImportTally(of: path) else { return nil }
        Files.remove(ImportTally.path(of: path))
        return .init(
            added: tally.added, memories_added: tally.memoriesAdded, known: tally.known, forgotten: tally.forgotten,
            refused: tally.refused)
    }
}
