internal import Domain
internal import Glibc
internal import Redaction

/// Takes `<private>…</private>` out of what a client wrote, and leaves the rest byte for byte: a line of JSON stays one, its
/// other strings as they were written.
///
/// Of whole JSON each string is a text of its own. All else is one text from end to end, whatever it begins with, with
/// escapes heeded as if it were a string: a line that was torn, or program text between braces.
enum PrivateMarks {
    /// - Parameter part: a line of JSON, or any text.
    /// - Returns: nil when nothing in it is marked.
    static func dropped(from part: ArraySlice<UInt8>) -> [UInt8]? {
        guard mayHold(part) else { return nil }
        let bytes = Array(part)
        let whole = wholeValues(in: bytes)
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        if whole == [bytes.indices] {
            kept += droppedFromStrings(bytes[...])
        } else {
            let sections = sections(of: bytes)
            // One that reaches into whole JSON, or out of it, goes as text.
            let own = whole.filter { value in
                sections.allSatisfy {
                    !$0.overlaps(value) || value.lowerBound <= $0.lowerBound && $0.upperBound <= value.upperBound
                }
            }
            let gone = sections.filter { section in !own.contains { $0.overlaps(section) } }
            var place = 0
            for (range, isValue) in (own.map { ($0, true) } + gone.map { ($0, false) })
                .sorted(by: { $0.0.lowerBound < $1.0.lowerBound })
            {
                kept += bytes[place..<range.lowerBound]
                if isValue { kept += droppedFromStrings(bytes[range]) }
                place = range.upperBound
            }
            kept += bytes[place...]
        }
        return kept == bytes ? nil : kept
    }

    /// The places of whole JSON, each with the white space around it.
    private static func wholeValues(in bytes: [UInt8]) -> [Range<Int>] {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer) else { return [] }
            let start = LineObjects.start(of: text)
            // Not only objects: a file beside a transcript may hold anything.
            if let end = text.end(of: start), text.skipSpace(end) >= text.count { return [bytes.indices] }
            var values: [Range<Int>] = []
            let isWhole = LineObjects.visit(text) { values.append($0.lowerBound..<text.skipSpace($0.upperBound)) }
            return isWhole && !values.isEmpty ? [bytes.indices] : values
        }
    }

    private static func droppedFromStrings(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var kept: [UInt8] = []
        var copied = 0
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer) else { return }
            text.strings { range in
                guard mayHold(bytes[range]), let said = text.bytes(range) else { return }
                let rest = PrivateSections.dropped(from: said)
                guard rest.count < said.count else { return }
                kept += bytes[copied..<range.lowerBound]
                kept += JSONValue.string(String(decoding: rest, as: UTF8.self)).text.utf8
                copied = range.upperBound
            }
        }
        return kept + bytes[copied...]
    }

    // MARK: - Text

    /// Of one text: as it stands, and as it reads with its escapes. Nobody knows which of the two a person meant.
    private static func sections(of bytes: [UInt8]) -> [Range<Int>] {
        let (read, places) = unescaped(bytes)
        let unescaped = PrivateSections.find(in: read).map {
            places[$0.lowerBound].lowerBound..<places[$0.upperBound - 1].upperBound
        }
        var merged: [Range<Int>] = []
        for section in (PrivateSections.find(in: bytes) + unescaped).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, section.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, section.upperBound)
            } else {
                merged.append(section)
            }
        }
        return merged
    }

    /// A text as it reads where any backslash, also an escaped one, begins an escape: what comes before a torn end is not known.
    /// - Returns: with where each of its bytes stands.
    private static func unescaped(_ bytes: [UInt8]) -> (text: [UInt8], places: [Range<Int>]) {
        var text: [UInt8] = [], places: [Range<Int>] = []
        text.reserveCapacity(bytes.count)
        places.reserveCapacity(bytes.count)
        var position = 0, isEscaped = false
        while position < bytes.count {
            var (byte, place) = (bytes[position], position..<position + 1)
            position += 1
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            if isEscaped {
                switch byte {
                case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"):
                    byte = 10
                case UInt8(ascii: "u"):
                    guard let character = basicLatin(bytes[position...].prefix(4)) else { break }
                    byte = character
                    position += 4
                    place = place.lowerBound - 1..<position
                default: break
                }
                isEscaped = false
            }
            text.append(byte)
            places.append(place)
        }
        // An unclosed section goes to the end, whatever that is.
        if let last = places.last { places[places.count - 1] = last.lowerBound..<bytes.count }
        return (text, places)
    }

    /// What four hexadecimal digits stand for; nil for what is in no tag.
    private static func basicLatin(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 4, digits.prefix(2).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        guard let value = UInt8(String(decoding: digits.suffix(2), as: UTF8.self), radix: 16), value < 0x80 else {
            return nil
        }
        return value
    }

    /// Whether the word may stand in it, in whatever case: its letters, as the brackets around it, may be written as escapes.
    static func mayHold(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            // By its rarest letter: a capturer passes every byte of a session through here.
            unsafe contains(word[rare], in: bytes) { unsafe isWord(bytes, from: $0 - rare) }
                || contains(word[rare] & ~0x20, in: bytes) { unsafe isWord(bytes, from: $0 - rare) }
                || contains(UInt8(ascii: "\\"), in: bytes) { unsafe isEscapedLetter(bytes, from: $0 + 1) }
        }
    }

    private static let word = Array("private".utf8)
    private static let rare = 3

    private static func isWord(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        guard start >= 0, start + word.count <= bytes.count else { return false }
        return word.indices.allSatisfy { unsafe bytes[start + $0] | 0x20 == word[$0] }
    }

    /// A letter that needed no escape.
    private static func isEscapedLetter(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        guard start + 4 <= bytes.count, unsafe bytes[start] == UInt8(ascii: "u") else { return false }
        return unsafe bytes[start + 1] == UInt8(ascii: "0") && bytes[start + 2] == UInt8(ascii: "0")
            && UInt8(ascii: "4")...UInt8(ascii: "7") ~= bytes[start + 3]
    }

    /// Whether a byte stands in a place that will do.
    private static func contains(
        _ byte: UInt8, in bytes: UnsafeRawBufferPointer, _ will: (Int) -> Bool
    ) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var index = 0
        while index < bytes.count, let found = unsafe memchr(base + index, Int32(byte), bytes.count - index) {
            index = unsafe base.distance(to: UnsafeRawPointer(found))
            if will(index) { return true }
            index += 1
        }
        return false
    }
}
