/// A Claude Code session ID. The client uses UUIDs; accepted is what can stand in a file name and in a Redis key.
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
        guard isPlain, (1...128).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }
}

extension SessionID: CustomStringConvertible {
    package var description: String { rawValue }

    /// Stands for the session of what nobody said in one: texts that were added by hand.
    package static let added = SessionID(unchecked: "added")

    private init(unchecked: String) { rawValue = unchecked }
}
