internal import HTTPTypes

/// Looks for the token in requests.
struct Admission: Sendable {
    static let cookieName = "holdfast_token"

    private let token: DashboardToken
    private let passes: UsedPasses
    /// How long a wrong token waits for its answer: 256 bits are not guessed, but guessing is not to be free either.
    private let delay: Duration

    init(token: DashboardToken, delay: Duration) {
        self.token = token
        self.delay = delay
        passes = UsedPasses(token: token)
    }

    func caller(_ headers: HTTPFields) async -> Caller {
        var isImpostor = false
        if let value = headers[.authorization] {
            let parts = value.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "bearer", token.matches(parts[1]) { return .bearer }
            isImpostor = true
        }
        for value in cookies(headers) {
            if token.matches(value) { return .cookie }
            isImpostor = true
        }
        if isImpostor { await makeWait() }
        return isImpostor ? .impostor : .stranger
    }

    func accepts(token guess: String) async -> Bool {
        if token.matches(guess) { return true }
        await makeWait()
        return false
    }

    func accepts(pass guess: String) async -> Bool {
        if await passes.admits(guess) { return true }
        await makeWait()
        return false
    }

    /// It was carried to us in the open: nobody else is to come in by it.
    func spend(pass: String) async { _ = await passes.admits(pass) }

    /// The header that makes a browser show the token from now on.
    var cookie: String { "\(Self.cookieName)=\(token.text); HttpOnly; SameSite=Strict; Path=/" }

    private func cookies(_ headers: HTTPFields) -> [Substring] {
        headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == Self.cookieName else { return nil }
            return parts[1]
        }
    }

    private func makeWait() async {
        // Cut short only when the answer goes nowhere any more.
        try? await Task.sleep(for: delay)
    }
}
