internal import Domain

/// Reads a line that `EpisodeEntry.json` wrote, and no other: so what it reads is written again byte for byte, and
/// need be neither decoded by a general decoder nor encoded to compare. Nearly all lines are such.
struct PlainEntryReader {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    /// Whether a text holds U+0000.
    private(set) var holdsZero = false

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    mutating func entry() -> EpisodeEntry? {
        guard let role = string(after: #"{"role":"#).flatMap(EpisodeEntry.Role.init),
            let text = string(after: #","text":"#), let at = string(after: #","at":"#)
        else { return nil }
        let agent = string(after: #","agent":"#)
        // An empty one is not written.
        guard agent?.isEmpty != true, let uuid = string(after: #","uuid":"#), let hash = string(after: #","hash":"#),
            index + 1 == bytes.endIndex, bytes[index] == UInt8(ascii: "}")
        else { return nil }
        return EpisodeEntry(uuid: uuid, hash: hash, role: role, at: at, text: text, agent: agent ?? "")
    }

    /// Leaves the index where it is unless all of it is there.
    private mutating func string(after name: String) -> String? {
        let start = index
        if let text = takeString(name) { return text }
        index = start
        return nil
    }

    private mutating func takeString(_ name: String) -> String? {
        for byte in name.utf8 {
            guard index < bytes.endIndex, bytes[index] == byte else { return nil }
            index += 1
        }
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") else { return nil }
        index += 1
        var text: [UInt8] = []
        var start = index
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                guard !text.isEmpty else { return String(decoding: bytes[start..<index], as: UTF8.self) }
                text += bytes[start..<index]
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += bytes[start..<index]
                guard let byte = escaped() else { return nil }
                text.append(byte)
                start = index
            case 0..<32: return nil
            default: index += 1
            }
        }
        return nil
    }

    private mutating func escaped() -> UInt8? {
        guard index + 1 < bytes.endIndex else { return nil }
        let sign = bytes[index + 1]
        if sign == UInt8(ascii: "\"") || sign == UInt8(ascii: "\\") {
            index += 2
            return sign
        }
        guard index + 5 < bytes.endIndex, bytes[(index + 1)...(index + 3)].elementsEqual("u00".utf8),
            let high = Self.value(bytes[index + 4]), high < 2, let low = Self.value(bytes[index + 5])
        else { return nil }
        index += 6
        if high == 0, low == 0 { holdsZero = true }
        return high << 4 | low
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
