/// Cuts the bytes of a transcript, as they come, into the lines that a reduction looks at.
package struct TranscriptLines {
    private var line: [UInt8] = []
    private var isTooLong = false

    package init() {}

    /// - Parameter take: gets each line that ends in these bytes, without its line break.
    package mutating func add(_ bytes: [UInt8], _ take: ([UInt8]) -> Void) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            append(rest[..<end])
            finish(take)
            rest = rest[(end + 1)...]
        }
        append(rest)
    }

    /// Ends a line that has not ended: at the end of the transcript, and where bytes of it are missing. What stands before
    /// and behind those, glued together, might say what nobody said.
    package mutating func finish(_ take: ([UInt8]) -> Void) {
        take(line)
        line = []
        isTooLong = false
    }

    /// What is longer than any client writes is not held.
    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        isTooLong = isTooLong || line.count + bytes.count > FileLines.lineLimit
        if isTooLong { line = [] } else { line += bytes }
    }
}
