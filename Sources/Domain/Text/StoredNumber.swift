/// Whole numbers as others have stored them, in Redis above all, where any hand may have written anything. None of our
/// times, sizes and counts is larger than this allows, and what is within it can be added up by the thousand and converted
/// from one unit into the next without leaving 64 bits.
package enum StoredNumber {
    /// As milliseconds some three thousand years from now, as bytes a hundred terabytes.
    package static let range: ClosedRange<Int64> = -100_000_000_000_000...100_000_000_000_000

    /// - Returns: nil for what is no whole number, or none of ours.
    package static func of(_ text: some StringProtocol) -> Int64? { Int64(text).flatMap(of) }

    package static func of(_ number: Int64) -> Int64? { range.contains(number) ? number : nil }

    /// A whole number that is told as a double, as Redis tells scores.
    package static func of(_ number: Double) -> Int64? { Int64(exactly: number.rounded()).flatMap(of) }
}
