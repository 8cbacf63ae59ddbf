internal import Domain

/// What a browser has in place of the token once a pass let it in: it opens the page of one companion, under one port, for
/// a day, by cookie alone.
///
/// Kept as `PORT BEGAN EXPIRY CODE`, where the code is the HMAC-SHA256 of the rest and the secret by the token: whoever
/// reads it has no cookie, and a new token ends all sessions.
package struct DashboardSession: Sendable, Equatable {
    package static let lifetimeMilliseconds: Int64 = 86_400_000

    /// 16 hexadecimal digits: names the session, and opens nothing.
    package let id: String
    /// The port by which the browser knows us: a tunnel may have another one than we listen on.
    package let port: UInt16
    /// ms since 1970.
    package let began: Int64
    /// ms since 1970.
    package let expiry: Int64
    private let code: String

    /// A new one.
    /// - Returns: also what the browser shows from now on, which is kept nowhere else.
    package static func begin(token: String, port: UInt16, now: Int64) -> (session: DashboardSession, cookie: String) {
        let id = digits(1), secret = digits(4)
        let expiry = now + lifetimeMilliseconds
        let code = code(of: secret, id: id, port: port, began: now, expiry: expiry, token: token)
        return (DashboardSession(id: id, port: port, began: now, expiry: expiry, code: code), "\(id)-\(secret)")
    }

    /// - Parameter text: as `text` was.
    /// - Returns: nil for anything else.
    package init?(id: String, text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard Self.isID(id), parts.count == 4, let port = UInt16(parts[0]), let began = Int64(parts[1]),
            let expiry = Int64(parts[2]), 0...Self.latest ~= began, 0...Self.latest ~= expiry
        else { return nil }
        self.init(id: id, port: port, began: began, expiry: expiry, code: String(parts[3]))
    }

    private init(id: String, port: UInt16, began: Int64, expiry: Int64, code: String) {
        self.id = id
        self.port = port
        self.began = began
        self.expiry = expiry
        self.code = code
    }

    package var text: String { "\(port) \(began) \(expiry) \(code)" }

    /// Which session a cookie claims to be; nil for what is none.
    package static func id(ofCookie cookie: some StringProtocol) -> String? {
        let parts = cookie.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, isID(parts[0]), parts[1].utf8.count == 64 else { return nil }
        return String(parts[0])
    }

    package func isOver(now: Int64) -> Bool { now >= expiry || now < began - Self.lifetimeMilliseconds }

    /// - Parameter port: the one that the request was sent to.
    package func matches(cookie: some StringProtocol, token: String, port: UInt16, now: Int64) -> Bool {
        guard Self.id(ofCookie: cookie) == id, port == self.port, !isOver(now: now) else { return false }
        let secret = String(cookie.dropFirst(id.utf8.count + 1))
        let right = Self.code(of: secret, id: id, port: port, began: began, expiry: expiry, token: token)
        return ConstantTime.areEqual(right, code)
    }

    package static func isID(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 16 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    private static let latest: Int64 = 1 << 52

    /// The generator is the kernel's (`getrandom`).
    private static func digits(_ words: Int) -> String {
        (0..<words).map { _ in String(UInt64.random(in: 0...UInt64.max), digits: 16, radix: 16) }.joined()
    }

    private static func code(
        of secret: String, id: String, port: UInt16, began: Int64, expiry: Int64, token: String
    ) -> String {
        AuthenticationCode.hexadecimal(of: "dashboard-session \(id) \(port) \(began) \(expiry) \(secret)", key: token)
    }
}
