internal import FoundationEssentials
package import Platform

/// How many episodes of an export became what. Who takes a file in leaves it beside that file: for itself, should it be
/// interrupted, and for who brought the file.
package struct ImportTally: Codable, Sendable, Equatable {
    package var added = 0
    /// Their episodes were here.
    package var memoriesAdded = 0
    package var known = 0
    package var forgotten = 0
    /// Lines of which nothing is stored.
    package var refused = 0
    /// Lines that were looked at.
    package private(set) var lines = 0

    package init() {}

    package mutating func count(_ outcome: ImportOutcome) {
        lines += 1
        switch outcome {
        case .head: break
        case .added: added += 1
        case .memoryAdded: memoriesAdded += 1
        case .known: known += 1
        case .forgotten: forgotten += 1
        case .refused: refused += 1
        }
    }

    /// - Parameter export: the path of the file that was taken in.
    package static func path(of export: String) -> String { export + suffix }

    package static let suffix = ".taken"

    /// The file that a tally is of.
    package static func export(of tally: String) -> String { String(tally.dropLast(suffix.count)) }

    package func write(of export: String) throws(FileError) {
        // Whole numbers can always be written.
        guard let data = try? JSONEncoder().encode(self) else { return }
        try Files.write(Array(data), to: Self.path(of: export))
    }

    /// - Returns: nil where there is none, or none that can be read.
    package init?(of export: String) {
        guard let bytes = try? Files.bytes(Self.path(of: export), limit: 4096),
            let tally = try? JSONDecoder().decode(Self.self, from: Data(bytes))
        else { return nil }
        self = tally
    }
}
