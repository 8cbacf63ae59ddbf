/// Comparing what somebody guesses with what only we know.
package enum ConstantTime {
    /// In a time that says nothing of where the two differ. Their lengths are no secret.
    package static func areEqual(_ secret: some StringProtocol, _ guess: some StringProtocol) -> Bool {
        let own = Array(secret.utf8), other = Array(guess.utf8)
        guard own.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in own.indices { difference |= own[index] ^ other[index] }
        return difference == 0
    }
}
