internal import Domain
internal import Redaction

/// Takes `<private>…</private>` out of what a client wrote, and leaves the rest byte for byte: a line of JSON stays one, its
/// other strings as they were written.
enum PrivateMarks {
    /// - Parameter part: a line of JSON, or any text.
    /// - Returns: nil when nothing in it is marked.
    static func dropped(from part: ArraySlice<UInt8>) -> [UInt8]? {
        guard mayHold(part) else { return nil }
        let bytes = Array(part)
        let first = bytes.first { $0 > 32 }
        let kept = first == UInt8(ascii: "{") ? droppedFromStrings(bytes) : PrivateSections.dropped(from: bytes)
        return kept == bytes ? nil : kept
    }

    private static func droppedFromStrings(_ bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        var copied = 0
        let torn = unsafe bytes.withUnsafeBufferPointer { buffer -> Int? in
            guard let text = unsafe JSONText(buffer) else { return nil }
            return text.strings { range in
                guard mayHold(bytes[range]), let said = text.bytes(range) else { return }
                let rest = PrivateSections.dropped(from: said)
                guard rest.count < said.count else { return }
                kept += bytes[copied..<range.lowerBound]
                kept += JSONValue.string(String(decoding: rest, as: UTF8.self)).text.utf8
                copied = range.upperBound
            }
        }
        guard let torn else { return kept + bytes[copied...] }
        // The line was cut in the middle of a string.
        return kept + bytes[copied..<torn] + PrivateSections.dropped(from: Array(bytes[torn...]))
    }

    /// Whether the word stands in it, in whatever case: the brackets around it may be written as `\u003c`.
    private static func mayHold(_ bytes: ArraySlice<UInt8>) -> Bool {
        let word = Array("private".utf8), place = 3
        return bytes.indices.contains { index in
            guard bytes[index] | 0x20 == word[place], index - place >= bytes.startIndex,
                index - place + word.count <= bytes.endIndex
            else { return false }
            return word.indices.allSatisfy { bytes[index - place + $0] | 0x20 == word[$0] }
        }
    }
}
