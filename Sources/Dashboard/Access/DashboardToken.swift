internal import Domain

/// The secret that opens the dashboard: 32 random bytes in hexadecimal.
package struct DashboardToken: Sendable {
    package static let bytes = 32

    package let text: String

    /// - Returns: nil for anything but 64 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == Self.bytes * 2, text.utf8.allSatisfy({ Self.digits.contains($0) }) else { return nil }
        self.text = text
    }

    /// A new one. The generator is the kernel's (`getrandom`).
    package static func random() -> DashboardToken {
        var generator = SystemRandomNumberGenerator()
        return DashboardToken(unchecked: (0..<bytes * 2).map { _ in digits[Int(generator.next(upperBound: UInt(16)))] })
    }

    private init(unchecked digits: [UInt8]) { text = String(decoding: digits, as: UTF8.self) }

    package func matches(_ guess: some StringProtocol) -> Bool { ConstantTime.areEqual(text, guess) }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// Never printed by accident.
extension DashboardToken: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "(token)" }
    package var debugDescription: String { "(token)" }
}
