/// A Claude Code session ID. The client uses UUIDs; accepted is what can stand in a file name and in a Redis key, and what no
/// command line takes for a flag: it begins with a letter or a digit.
package struct SessionID: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String

    package init?(rawValue: String) {
        let isPlain = rawValue.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (1...128).contains(rawValue.utf8.count), let first = rawValue.utf8.first,
            first != UInt8(ascii: "-"), first != UInt8(ascii: "_")
        else { return nil }
        self.rawValue = rawValue
    }

    /// Whether it has the form of a UUID, as every ID of the client has.
    package var isUUID: Bool {
        let bytes = Array(rawValue.utf8)
        return bytes.count == 36
            && bytes.indices.allSatisfy { index in
                if [8, 13, 18, 23].contains(index) { return bytes[index] == UInt8(ascii: "-") }
                switch bytes[index] {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    return true
                default: return false
                }
            }
    }
}

extension SessionID: CustomStringConvertible {
    package var description: String { rawValue }

    /// Stands for the session of what nobody said in one: texts that were added by hand.
    package static let added = SessionID(unchecked: "added")

    private init(unchecked: String) { rawValue = unchecked }
}
