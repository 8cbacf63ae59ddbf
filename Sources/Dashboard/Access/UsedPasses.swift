internal import Authentication
internal import Platform

/// Lets each pass in once, and none that was written before we began: it may have been used with the one before us.
/// What it knows of is bounded: only whoever has the token can write passes.
actor UsedPasses {
    private let token: DashboardToken
    private let began: Int64
    private var used: [String: Int64] = [:]

    /// - Parameter began: ms since 1970.
    init(token: DashboardToken, began: Int64 = HostClock.wallMilliseconds) {
        self.token = token
        self.began = began
    }

    func admits(_ pass: String) -> Bool {
        let now = HostClock.wallMilliseconds
        used = used.filter { $0.value > now }
        guard let expiry = DashboardPass.expiry(of: pass, token: token.text, now: now),
            expiry - DashboardPass.lifetimeMilliseconds >= began
        else { return false }
        return used.updateValue(expiry, forKey: pass) == nil
    }
}
