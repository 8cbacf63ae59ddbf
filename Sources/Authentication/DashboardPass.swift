internal import Domain

/// What opens the dashboard once, for a while: it may stand where others read it, as in the arguments of a program,
/// where the token itself must not.
///
/// `EXPIRY-NONCE-CODE`: ms since 1970, 16 hexadecimal digits, and the HMAC-SHA256 of both by the token.
package struct DashboardPass: Sendable, Equatable {
    package static let lifetimeMilliseconds: Int64 = 600_000

    package let text: String

    /// - Parameter now: ms since 1970.
    package init(token: String, now: Int64, nonce: UInt64 = .random(in: 0...UInt64.max)) {
        let expiry = now + Self.lifetimeMilliseconds
        let claim = "\(expiry)-\(String(nonce, digits: 16, radix: 16))"
        text = "\(claim)-\(Self.code(of: claim, by: token))"
    }

    /// Until when a pass holds, ms since 1970; nil for one that is over or that somebody else wrote.
    package static func expiry(of text: String, token: String, now: Int64) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let expiry = Int64(parts[0]), expiry > now, parts[1].utf8.count == 16 else {
            return nil
        }
        return ConstantTime.areEqual(code(of: "\(parts[0])-\(parts[1])", by: token), parts[2]) ? expiry : nil
    }

    /// Whether it has the form of a pass, of whoever.
    package static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && Int64(parts[0]) != nil && DashboardSession.isID(parts[1])
    }

    private static func code(of claim: String, by token: String) -> String {
        AuthenticationCode.hexadecimal(of: "dashboard-pass \(claim)", key: token)
    }
}
