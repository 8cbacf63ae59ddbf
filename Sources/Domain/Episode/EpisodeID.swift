/// Names one episode: 32 hex digits of SHA-256 over what it covers and says, so that the same span pushed twice has the
/// same name.
package struct EpisodeID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init?(rawValue: String) {
        let isHexadecimal = rawValue.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                true
            default: false
            }
        }
        guard rawValue.utf8.count == 32, isHexadecimal else { return nil }
        self.rawValue = rawValue
    }

    package init(file: FileID, generation: Int64, bytes: Range<Int64>, content: String) {
        rawValue = Self.digits(of: ["\(file)", "\(generation)", "\(bytes.lowerBound)-\(bytes.upperBound)", content])
    }

    /// An answer that its transcript never received.
    package init(session: SessionID, promptID: String, answer: String) {
        rawValue = Self.digits(of: ["\(session)", promptID, answer])
    }

    private static func digits(of parts: [String]) -> String {
        String(SHA256.hexadecimal(of: parts.joined(separator: "\n")).prefix(32))
    }

    package var description: String { rawValue }
}
