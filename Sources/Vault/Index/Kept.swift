package import Domain
package import Transcripts

/// A stretch of one file, as it lies in a pack.
package struct Segment: Sendable, Equatable {
    var number: Int64
    /// Of the file's generation.
    var owner: Int64
    /// In the file, bytes.
    package var range: Range<Int64>
    /// Bytes of it that are kept.
    package var kept: Int
    package var sha256: String
    var tail: String
    var place: PackFolder.Place
    package var takenMilliseconds: Int64
    package var isSealed: Bool
    /// Why it cannot be read, as the last look at it found; empty where it can.
    package var damage: String
    package var cuts: [KeptBytes.Cut]

    /// It was damaged and is taken out: nothing of it is here but why.
    package var isLost: Bool {
        cuts.count == 1 && cuts.allSatisfy { $0.isLoss && $0.from == range.lowerBound && $0.to == range.upperBound }
    }

    /// For people: the pack, and where in it.
    package var name: String { place.name }
    /// In its pack, bytes.
    package var storedBytes: Int64 { place.length }

    /// Whether this is that, wherever it lies by now: numbers are given anew to others.
    func isSame(as other: Segment) -> Bool {
        number == other.number && owner == other.owner && range == other.range && sha256 == other.sha256
    }
}

/// One file of a session as it was at some time: kept under the same name, another is another generation.
package struct Generation: Sendable, Equatable {
    var number: Int64
    package var session: SessionID
    /// From the folder of the session's transcript on.
    package var name: String
    package var generation: Int
    /// Up to where it is kept.
    package var end: Int64
    var tail: String
    /// Where it lay last, and what was known of the place.
    package var path: String
    package var configDirectory: String
    package var cwd: String
    package var branch: String
    package var commit: String
    package var host: String
    /// When it was first and last added to, ms since 1970.
    package var firstMilliseconds: Int64
    package var lastMilliseconds: Int64
}

/// A file of a session, the latest that stood under its name, with all that is kept of it.
package struct KeptFile: Sendable, Equatable {
    package var generation: Generation
    /// In their order.
    package var segments: [Segment]

    package var name: String { generation.name }
    package var keptBytes: Int64 { segments.reduce(0) { $0 + Int64($1.kept) } }
    package var storedBytes: Int64 { segments.reduce(0) { $0 + $1.storedBytes } }
    package var cuts: [KeptBytes.Cut] { segments.flatMap(\.cuts) }

    /// The stretches that no segment covers, or whose segment is known to be damaged, or is lost.
    package var holes: [Range<Int64>] { stretches { $0.damage.isEmpty && !$0.isLost } }
    /// Those of which nothing else says why they are not here.
    package var unexplained: [Range<Int64>] { stretches { $0.damage.isEmpty } }
    /// The stretches that no segment covers.
    var gaps: [Range<Int64>] { stretches { _ in true } }

    private func stretches(without isThere: (Segment) -> Bool) -> [Range<Int64>] {
        var holes: [Range<Int64>] = []
        var position: Int64 = 0
        for segment in segments where isThere(segment) {
            if segment.range.lowerBound > position { holes.append(position..<segment.range.lowerBound) }
            position = max(position, segment.range.upperBound)
        }
        if position < generation.end { holes.append(position..<generation.end) }
        return holes
    }

    /// Whether it is here byte for byte.
    package var isWhole: Bool { holes.isEmpty && cuts.isEmpty }
}

/// All that is kept of one session.
package struct KeptSession: Sendable, Equatable {
    package var id: SessionID
    /// Its transcript first.
    package var files: [KeptFile]

    /// The session's own transcript.
    package var transcript: KeptFile? { files.first { !$0.name.utf8.contains(UInt8(ascii: "/")) } }
    package var lastMilliseconds: Int64 { files.map(\.generation.lastMilliseconds).max() ?? 0 }
    package var keptBytes: Int64 { files.reduce(0) { $0 + $1.keptBytes } }
    package var storedBytes: Int64 { files.reduce(0) { $0 + $1.storedBytes } }
}
