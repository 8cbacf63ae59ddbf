internal import NIOCore
internal import TestSupport
internal import Testing

@testable internal import Relay

/// Where messages end, however their bytes arrive.
@Suite struct MessageScannerTests {
    private static let messages = [
        "+OK\r\n", "-ERR no\r\n", ":12\r\n", "$5\r\nhello\r\n", "$0\r\n\r\n", "$-1\r\n", "*0\r\n", "*-1\r\n",
        "*2\r\n$1\r\na\r\n:1\r\n", "*2\r\n*1\r\n$3\r\n\r\n\r\r\n*0\r\n", "*3\r\n$-1\r\n*2\r\n+a\r\n+b\r\n-c\r\n",
        "*1\r\n*1\r\n*1\r\n*0\r\n", "*2\r\n$12\r\n*2\r\n$1\r\na\r\n:\r\n+\r\n",
    ]

    /// Any messages, cut anywhere.
    @Test(arguments: 0..<200) func endsWhereItWasPutTogether(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let sent = (0..<Int.random(in: 1...20, using: &random)).map { _ in
            Self.messages.randomElement(using: &random) ?? ""
        }
        var rest = Array(sent.joined().utf8)[...]
        var scanner = MessageScanner(), buffer = ByteBuffer()
        var found: [String] = []
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...7, using: &random))
            buffer.writeBytes(rest.prefix(count))
            rest = rest.dropFirst(count)
            while let length = try scanner.end(in: buffer) { found.append(buffer.readString(length: length) ?? "") }
        }
        #expect(found == sent && buffer.readableBytes == 0)
    }

    @Test(arguments: [
        ("hello\r\n", MessageScanner.Fault.malformed), ("$x\r\n", .malformed), ("*2\r\n$1\r\nab\r\n", .malformed),
        ("+a\rb", .malformed), ("$-2\r\n", .malformed), ("*99999999999\r\n", .malformed), ("*9999999\r\n", .tooLarge),
        ("$999999999\r\n", .tooLarge), (String(repeating: "*1\r\n", count: 40), .tooLarge),
        ("+" + String(repeating: "a", count: 70_000), .tooLarge),
    ])
    func refuses(text: String, fault: MessageScanner.Fault) {
        var scanner = MessageScanner()
        #expect(throws: fault) { try scanner.end(in: ByteBuffer(string: text)) }
    }
}
