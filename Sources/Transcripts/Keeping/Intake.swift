package import Domain
package import Platform
package import Settings

/// What a capturer passed over of a transcript, until the vault has it: `STATE/vault/intake`, a file for each part, its head as
/// one line of JSON and then the bytes. It is needed where the transcript is gone before the companion looks at it.
package struct Intake: Sendable {
    private let folder: String

    package init(_ state: StateFolder) { folder = state.vault + "/intake" }

    package struct Part: Sendable, Equatable, Codable {
        package var session: String
        /// From the folder of the session's transcript on.
        package var name: String
        package var path: String
        package var configDirectory: String
        package var host: String
        /// In the file, bytes.
        package var from: Int64
        package var to: Int64
        /// SHA-256 of the up to 4 KB before `from`, and before `to`.
        package var tailBefore: String
        package var tail: String
        package var cuts: [KeptBytes.Cut]
        /// What was known of the folder that the session was in when this was kept; nil in parts of older versions.
        package var place: Place?

        package struct Place: Sendable, Equatable, Codable {
            package var cwd: String
            package var branch: String
            package var commit: String

            package init(cwd: String, branch: String, commit: String) {
                self.cwd = cwd
                self.branch = branch
                self.commit = commit
            }
        }

        package init(
            session: SessionID, name: String, path: String, configDirectory: String, host: String, from: Cursor,
            to: Cursor, cuts: [KeptBytes.Cut]
        ) {
            self.session = session.rawValue
            self.name = name
            self.path = path
            self.configDirectory = configDirectory
            self.host = host
            self.from = from.offset
            self.to = to.offset
            tailBefore = from.tailHash
            tail = to.tailHash
            self.cuts = cuts
        }

        enum CodingKeys: String, CodingKey {
            case session, name, path, host, from, to, tail, cuts, place
            case configDirectory = "config_dir"
            case tailBefore = "tail_before"
        }
    }

    /// More than that lie there only where no companion has run for long: then it must do without.
    private static let limit = 10_000
    private static let suffix = ".part"

    /// Whether more may lie there; asked once for many parts.
    package func hasRoom() throws(FileError) -> Bool { try names().count < Self.limit }

    /// Whole or not at all. On the disk before the registry hears of it, as far as the system keeps its word without being asked
    /// to sync: what the power takes, the transcript still has.
    package func add(_ part: Part, _ bytes: [UInt8], now: Int64) throws(FileError) {
        try Files.makeFolder(folder)
        // Texts and whole numbers can always be written.
        guard let head = try? JSONValue(encoding: part).text else { return }
        let id = FileID(host: part.host, path: part.path)
        let file = "\(folder)/\(String(UInt64(clamping: now), digits: 14, radix: 10))-\(id)-\(part.from)\(Self.suffix)"
        try Files.write(pieces: [Array((head + "\n").utf8), bytes], to: file)
    }

    /// In the order in which they came.
    package func names() throws(FileError) -> [String] {
        do throws(FileError) {
            return try Files.names(in: folder).filter { $0.hasSuffix(Self.suffix) }.sorted()
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    /// - Returns: nil for what is none, or not whole.
    /// - Throws: where it cannot be read now.
    package func part(_ name: String) throws(FileError) -> (part: Part, bytes: [UInt8])? {
        let bytes = try Files.bytes("\(folder)/\(name)", limit: 256 << 20)
        guard let end = bytes.firstIndex(of: 10),
            let part = try? JSONValue(parsing: String(decoding: bytes[..<end], as: UTF8.self)).decode(Part.self)
        else { return nil }
        let kept = Array(bytes[(end + 1)...])
        let cut = part.cuts.reduce(0) { $0 + $1.excluded }
        return part.to - part.from - cut == Int64(kept.count) ? (part, kept) : nil
    }

    /// The head alone.
    /// - Returns: nil for what is none.
    /// - Throws: where it cannot be read now.
    package func head(_ name: String) throws(FileError) -> Part? {
        let bytes = try Files.bytes("\(folder)/\(name)", limit: 1 << 20)
        let text = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
        guard let part = try? JSONValue(parsing: text).decode(Part.self) else { return nil }
        let numbers = [part.from, part.to] + part.cuts.flatMap { [$0.from, $0.to, $0.kept] }
        // With others reckoning might overflow.
        return numbers.allSatisfy { $0 >= 0 && $0 < 1 << 50 } && part.from < part.to ? part : nil
    }

    package func remove(_ name: String) { Files.remove("\(folder)/\(name)") }

    private static let refused = ".refused"

    /// Puts aside what is no part, or not whole: nobody may throw away what perhaps can still be read.
    package func refuse(_ name: String) {
        _ = Files.rename("\(folder)/\(name)", to: "\(folder)/\(name)\(Self.refused)")
    }

    package func removeRefused() {
        for name in (try? Files.names(in: folder)) ?? [] where name.hasSuffix(Self.refused) { remove(name) }
    }

    /// Sees to what capturers that were killed had begun to write.
    package func recover() {
        for name in (try? Files.names(in: folder)) ?? [] {
            guard let draft = Files.draft(name), draft.name.hasSuffix(Self.suffix),
                ProcessTable.entry(draft.writer) == nil
            else { continue }
            // The transcript still has it, and who captures it again hands it over again.
            remove(name)
        }
    }
}
