/// Cuts a stream of bytes into lines, keeping no more of one than is taken.
struct LineSplitter {
    private let limit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// - Returns: the lines that end in this piece.
    mutating func take(_ piece: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = piece
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<end])
            lines.append(finish())
            rest = rest[(end + 1)...]
        }
        append(rest)
        return lines
    }

    /// - Returns: what stood behind the last line's end, nil when nothing did.
    mutating func end() -> Line? {
        isSkipping || !partial.isEmpty ? finish() : nil
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        guard !isSkipping else { return }
        if partial.count + bytes.count <= limit {
            partial += bytes
        } else {
            isSkipping = true
            partial = []
        }
    }

    private mutating func finish() -> Line {
        defer {
            isSkipping = false
            partial = []
        }
        return isSkipping ? .tooLong : .whole(partial)
    }
}
