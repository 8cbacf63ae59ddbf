import Redaction
import Testing

@Suite struct RedactionTimeTests {
    /// With a scanner that walks to the end at every place these take minutes.
    @Test(arguments: [
        "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "eyJ.eyJ.", "eyJaaaaaaaaaaaaaaaaaa-", "sk-",
        "password=", "password=\\\"", "password=\"\\\"", "\"", "<private>", "<private>x</private>", "://",
        "postgres://a:b", "kind: Secret data: ", "kind: Secret\ndata:\n", "{\"data\":{", "--password ", "-", "=",
        "Bearer ", "Cookie: a=b;", "curl -u ", "ghp_", "123456789:AA", "a:5432:b:c:", "[redacted:", "A_KEY=",
        "token=a&", "token=((((", "token=))))", "\\", "\n", " ", "M",
    ])
    func endsOnALongTextOfTheSame(piece: String) {
        let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
        let redacted = Redactor().redact(text)
        #expect(redacted.utf8.count <= text.utf8.count * 8)
    }

    /// Texts put together at random from what scanners wait for: they never trap, and once is as good as twice. `make full`
    /// has a million more (`Tests/Fuzz`).
    @Test func bearsAnythingAndIsDoneAfterOnce() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let bytes = Self.randomText(using: &generator)
            let once = Redactor().redact(bytes)
            let twice = Redactor().redact(once)
            guard once == twice else {
                Issue.record("not done after once: \(bytes.debugDescription)")
                return
            }
        }
    }

    private static let pieces: [[UInt8]] =
        ([
            "password", "token", "api_key", "secret", "Authorization", "Bearer ", "Basic ", "=", ": ", ":", "\"", "'",
            "\\\"", "\\n", "\n", " ", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "://", "@", "eyJ",
            ".",
            "-", "--", "_", "kind: Secret\n", "data:\n", "  ", "{", "}", "(", ")", "<private>", "</private>", "<pri",
            "vate>", "[redacted:x]", "[redacted:", "]", "curl -u a:", "mysql -p", "Cookie: ", "&", ";", ",", "Q~",
            "%3D",
            "\u{1b}[32m", "name: ", "value: ", "AK" + "IA", "gh" + "p_", "sk" + "-", "postgres://u:", "redis://:", "/",
            "$", "${", "#", "é",
        ]).map { Array($0.utf8) }

    private static func randomText(using generator: inout some RandomNumberGenerator) -> [UInt8] {
        let letters = Array("ABCXYZabcxyz0123456789+/=".utf8)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...40, using: &generator) {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes.append(UInt8.random(in: 0...255, using: &generator))
            case 1, 2:
                for _ in 0..<Int.random(in: 1...50, using: &generator) {
                    bytes.append(letters[Int.random(in: 0..<letters.count, using: &generator)])
                }
            default: bytes += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
        }
        return bytes
    }
}
