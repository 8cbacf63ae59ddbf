/// What all executables say of themselves.
package enum Holdfast {
    package static let version = "0.1.0"
}

/// A version as people write it: numbers with points between.
package struct ProgramVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    package let description: String
    private let numbers: [Int]

    /// - Returns: nil for what is none.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        numbers = parts.compactMap { $0 }
        description = String(text)
    }

    package static func < (one: ProgramVersion, other: ProgramVersion) -> Bool {
        one.numbers.lexicographicallyPrecedes(other.numbers)
    }
}
