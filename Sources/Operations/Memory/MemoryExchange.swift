internal import Archive
internal import Glibc
internal import Platform
internal import Settings
internal import Storage

/// Exported episodes that were left for the companion.
package struct ImportAnswer: Encodable, Sendable {
    package let file: String
    package let lines: String
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

    /// Leaves exported episodes for the companion, who alone writes the archive.
    /// - Parameter export: what `exportMemory` handed out.
    /// - Throws: `Failure` for what is none; `FileError`.
    package func leave(export: [UInt8]) throws -> ImportAnswer {
        let lines = export.split(separator: UInt8(ascii: "\n")).count
        guard lines > 0 else {
            throw Failure(.badInput, "nothing on stdin; give it what 'holdfast memory export' wrote")
        }
        let mark = "holdfast_archive"
        guard export.starts(with: "{\"\(mark)\"".utf8) || export.prefix(200).firstRange(of: Array(mark.utf8)) != nil
        else { throw Failure(.badInput, "the first line is no head of an export; see 'holdfast memory export'") }
        let folder = settings.state.imports
        try Files.makeFolder(folder)
        let path = "\(folder)/\(HostClock.wallMilliseconds)-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).jsonl"
        try Files.write(String(decoding: export, as: UTF8.self), to: path)
        // Whoever listens looks at once; if nobody does, the file waits.
        if var connection = try? connect() { try? connection.wakeDrains(of: queue) }
        return ImportAnswer(file: path, lines: "\(lines)")
    }
}
