internal import Domain
internal import Storage

/// Lets each pass in once. What it knows of is bounded: only whoever has the token can write passes.
actor UsedPasses {
    private let token: DashboardToken
    private var used: [String: Int64] = [:]

    init(token: DashboardToken) { self.token = token }

    func admits(_ pass: String) -> Bool {
        let now = HostClock.wallMilliseconds
        used = used.filter { $0.value > now }
        guard let expiry = DashboardPass.expiry(of: pass, token: token.text, now: now) else { return false }
        return used.updateValue(expiry, forKey: pass) == nil
    }
}
