/// Bundles parts into objects of no more than a limit: a remote bears a thousand files of megabytes, not a million small
/// ones. What does not fit is split.
struct ObjectPacker {
    /// Where a part will lie: the object is named when it is full.
    struct Place: Equatable {
        var pack: Int
        var offset: Int
        var length: Int
    }

    /// Of an object, plain bytes.
    let limit: Int
    private var open: [UInt8] = []
    private var count = 0

    init(limit: Int) { self.limit = max(1, min(limit, Seal.mostPlain)) }

    /// - Returns: where the bytes will lie, and the plain bytes of the objects that became full by them.
    mutating func add(_ bytes: [UInt8]) -> (places: [Place], full: [[UInt8]]) {
        var places: [Place] = [], full: [[UInt8]] = [], rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(limit - open.count)
            places.append(Place(pack: count, offset: open.count, length: piece.count))
            open += piece
            rest = rest.dropFirst(piece.count)
            if open.count == limit, let pack = finish() { full.append(pack) }
        }
        return (places, full)
    }

    /// Closes the last one.
    /// - Returns: nil where nothing is in it.
    mutating func finish() -> [UInt8]? {
        guard !open.isEmpty else { return nil }
        defer {
            open = []
            count += 1
        }
        return open
    }
}
