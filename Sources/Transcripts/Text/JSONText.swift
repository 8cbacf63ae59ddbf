internal import Domain
internal import Glibc

/// JSON where it lies in a buffer: looked at without building it.
///
/// Beside `JSONParser` for the sake of speed: a transcript line may hold megabytes, of which an episode keeps a few bytes.
/// Values are passed over by their brackets and quotes, `memchr` finding the quotes; only what is wanted is decoded. Bad
/// input answers nil: bytes of NUL count as white space, half of a surrogate pair becomes U+FFFD, invalid UTF-8 is mended
/// when a string is made.
@safe struct JSONText {
    private let base: UnsafePointer<UInt8>
    let count: Int

    /// Nesting beyond this is no transcript of a client, and would exhaust the stack.
    private static let depthLimit = 128

    /// - Parameter bytes: must outlive this.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return nil }
        unsafe self.base = unsafe base
        count = bytes.count
    }

    subscript(_ position: Int) -> UInt8 { unsafe base[position] }

    /// Whether a text stands in a part of it.
    func holds(_ sought: SoughtText, in place: Range<Int>) -> Bool {
        unsafe sought.occurs(in: UnsafeRawBufferPointer(start: base + place.lowerBound, count: place.count))
    }

    /// The first position from `start` on that holds no white space.
    func skipSpace(_ start: Int) -> Int {
        var position = start
        while position < count {
            switch self[position] {
            case 0, 9, 10, 13, 32: position += 1
            default: return position
            }
        }
        return position
    }

    /// The position behind the value that begins at `start`, nil when it is cut or no JSON.
    func end(of start: Int, depth: Int = 0) -> Int? {
        guard start < count, depth < Self.depthLimit else { return nil }
        switch self[start] {
        case UInt8(ascii: "\""): return endOfString(start)
        case UInt8(ascii: "{"): return members(of: start, depth: depth + 1) { _, _ in }
        case UInt8(ascii: "["): return elements(of: start, depth: depth + 1) { _ in }
        default: return endOfWord(start)
        }
    }

    /// Visits the members of the object that begins at `start`: the name's characters and the whole value.
    /// - Returns: the position behind the object, nil when it is cut or no JSON.
    @inline(__always)
    func members(of start: Int, depth: Int = 1, _ visit: (Range<Int>, Range<Int>) -> Void) -> Int? {
        guard start < count, self[start] == UInt8(ascii: "{") else { return nil }
        var position = skipSpace(start + 1)
        guard position < count else { return nil }
        if self[position] == UInt8(ascii: "}") { return position + 1 }
        while true {
            guard position < count, self[position] == UInt8(ascii: "\""), let nameEnd = endOfString(position) else {
                return nil
            }
            let name = position + 1..<nameEnd - 1
            position = skipSpace(nameEnd)
            guard position < count, self[position] == UInt8(ascii: ":") else { return nil }
            position = skipSpace(position + 1)
            guard let end = end(of: position, depth: depth) else { return nil }
            visit(name, position..<end)
            position = skipSpace(end)
            guard position < count else { return nil }
            switch self[position] {
            case UInt8(ascii: ","): position = skipSpace(position + 1)
            case UInt8(ascii: "}"): return position + 1
            default: return nil
            }
        }
    }

    /// Visits the elements of the array that begins at `start`.
    /// - Returns: the position behind the array, nil when it is cut or no JSON.
    @inline(__always)
    func elements(of start: Int, depth: Int = 1, _ visit: (Range<Int>) -> Void) -> Int? {
        guard start < count, self[start] == UInt8(ascii: "[") else { return nil }
        var position = skipSpace(start + 1)
        guard position < count else { return nil }
        if self[position] == UInt8(ascii: "]") { return position + 1 }
        while true {
            guard let end = end(of: position, depth: depth) else { return nil }
            visit(position..<end)
            position = skipSpace(end)
            guard position < count else { return nil }
            switch self[position] {
            case UInt8(ascii: ","): position = skipSpace(position + 1)
            case UInt8(ascii: "]"): return position + 1
            default: return nil
            }
        }
    }

    /// Visits every string of whole JSON with its quotes, names too, as they stand.
    func strings(_ visit: (Range<Int>) -> Void) {
        var position = 0
        while position < count, let found = unsafe memchr(base + position, 34, count - position) {
            let start = unsafe base.distance(to: found.assumingMemoryBound(to: UInt8.self))
            guard let end = endOfString(start) else { return }
            visit(start..<end)
            position = end
        }
    }

    /// Numbers and the three words. What they say is not checked; that they are such is.
    private func endOfWord(_ start: Int) -> Int? {
        var position = start
        while position < count {
            switch self[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"), UInt8(ascii: "N"), UInt8(ascii: "I"):
                position += 1
            default: return position > start ? position : nil
            }
        }
        return position > start ? position : nil
    }

    /// - Parameter start: the opening quote's position.
    private func endOfString(_ start: Int) -> Int? {
        var position = start + 1
        // Names and most values are short: a call would cost more than it saves.
        let near = min(count, position + 24)
        while position < near {
            switch self[position] {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        while position < count {
            guard let found = unsafe memchr(base + position, 34, count - position) else { return nil }
            let quote = unsafe base.distance(to: found.assumingMemoryBound(to: UInt8.self))
            var first = quote
            while first > position, self[first - 1] == UInt8(ascii: "\\") { first -= 1 }
            if (quote - first) % 2 == 0 { return quote + 1 }
            position = quote + 1
        }
        return nil
    }
}

// MARK: - Values

extension JSONText {
    /// Whether a name, or a string with its quotes, reads so. Escapes are not resolved: no name we know has any.
    func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return unsafe memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
    }

    func isTrue(_ range: Range<Int>) -> Bool { matches(range, "true") }
    func isString(_ range: Range<Int>) -> Bool { self[range.lowerBound] == UInt8(ascii: "\"") }
    func isArray(_ range: Range<Int>) -> Bool { self[range.lowerBound] == UInt8(ascii: "[") }
    func isObject(_ range: Range<Int>) -> Bool { self[range.lowerBound] == UInt8(ascii: "{") }

    /// FNV-1a over bytes as they stand.
    func checksum(_ range: Range<Int>) -> Checksum {
        let bytes = unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
        return unsafe Checksum.fnv1a(bytes.span)
    }

    /// The text as it stands, not decoded.
    func raw(_ range: Range<Int>) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
    }

    /// The string at `range`, quotes included; nil when the value is none.
    func string(_ range: Range<Int>?) -> String? { bytes(range).map { String(decoding: $0, as: UTF8.self) } }

    /// The decoded bytes of the string at `range`, quotes included; nil when the value is none.
    func bytes(_ range: Range<Int>?) -> [UInt8]? {
        guard let range, isString(range) else { return nil }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        var decoded: [UInt8] = []
        decoded.reserveCapacity(inner.count)
        var position = inner.lowerBound
        while position < inner.upperBound {
            let rest = inner.upperBound - position
            let escape = unsafe memchr(base + position, 92, rest).map {
                unsafe base.distance(to: $0.assumingMemoryBound(to: UInt8.self))
            }
            let plain = position..<(escape ?? inner.upperBound)
            unsafe decoded.append(contentsOf: UnsafeBufferPointer(start: base + plain.lowerBound, count: plain.count))
            guard let escape else { break }
            position = unescape(escape + 1, before: inner.upperBound, into: &decoded)
        }
        return decoded
    }

    /// What follows a backslash (RFC 8259, section 7).
    /// - Returns: the position behind it.
    private func unescape(_ start: Int, before end: Int, into text: inout [UInt8]) -> Int {
        guard start < end else { return end }
        let letter = self[start]
        switch letter {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "u"):
            guard var unit = hexadecimal(start + 1, before: end) else { break }
            var next = start + 5
            if 0xD800..<0xDC00 ~= unit, next + 1 < end, self[next] == 92, self[next + 1] == UInt8(ascii: "u"),
                let low = hexadecimal(next + 2, before: end), 0xDC00..<0xE000 ~= low
            {
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                next += 6
            }
            text += String(UnicodeScalar(unit).map(Character.init) ?? "\u{FFFD}").utf8
            return next
        default: text.append(letter)
        }
        return start + 1
    }

    private func hexadecimal(_ start: Int, before end: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for position in start..<start + 4 {
            guard let digit = Character(UnicodeScalar(self[position])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// How many bytes the strings in a value hold when decoded, names and numbers as they stand.
    func decodedCount(_ range: Range<Int>) -> Int {
        var decoded = range.count
        var position = range.lowerBound
        while position < range.upperBound,
            let found = unsafe memchr(base + position, 92, range.upperBound - position)
        {
            let escape = unsafe base.distance(to: found.assumingMemoryBound(to: UInt8.self))
            let isUnicode = escape + 1 < range.upperBound && self[escape + 1] == UInt8(ascii: "u")
            // \uXXXX stands for three bytes of UTF-8 at most, mostly for two or three.
            decoded -= isUnicode ? 3 : 1
            position = escape + (isUnicode ? 6 : 2)
        }
        return decoded
    }
}

/// Reads the strings, and other plain values, that stand at the top of a JSON object.
///
/// A hook needs some short fields of a payload that may hold megabytes. `JSONDecoder` takes 0.3 ms before it reads the
/// first byte, and gives up on a lone surrogate in a prompt or on a payload that was cut; this takes what is there.
package enum PayloadScanner {
    /// - Parameter words: of the wanted fields, those that are numbers or truth values, and taken as they are written.
    /// - Returns: the wanted fields that are strings; nil when this is no object. A value that was cut is no value.
    package static func strings(
        of bytes: [UInt8], named wanted: Set<String>, words: Set<String> = []
    ) -> [String: String]? {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer) else { return nil }
            let start = text.skipSpace(0)
            guard start < text.count, text[start] == UInt8(ascii: "{") else { return nil }
            var fields: [String: String] = [:]
            _ = text.members(of: start) { name, place in
                let name = text.raw(name)
                guard wanted.contains(name) else { return }
                if words.contains(name) {
                    let word = text.raw(place)
                    if word == "true" || word == "false" || StoredNumber.of(word) != nil { fields[name] = word }
                } else if let string = text.string(place) {
                    fields[name] = string
                }
            }
            return fields
        }
    }
}
