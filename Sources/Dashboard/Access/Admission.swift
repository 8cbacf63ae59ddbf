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

/// Who asks, as far as the token tells.
enum Caller: Equatable {
    case stranger
    /// Showed something that is not the token.
    case impostor
    case bearer
    /// Browsers send cookies along whoever wrote the page, so a cookie alone may not change anything.
    case cookie

    var isKnown: Bool { self == .bearer || self == .cookie }
}

/// Refuses what a page of somebody else's could make a browser send.
///
/// - The name we are called by must be ours, or a name that was re-bound to 127.0.0.1 would make us that page's origin.
/// - A named origin must be our own, port included: another program on this machine is another origin, though browsers
///   count it to the same site and so send our cookie along. `null` is nobody's.
/// - What the browser itself says of where a request comes from (`Sec-Fetch-Site`) must not be elsewhere, unless
///   a person follows a link to here.
struct OriginRule: Sendable {
    /// Over a Unix socket the name means nothing, and no browser can call.
    let isBehindSocketFile: Bool

    func check(_ head: HTTPRequest) throws(Refusal) {
        if !isBehindSocketFile, !isOurs(head) { throw .wrongHost }
        if let origin = head.headerFields[.origin], !isOwn(origin, head) { throw .foreign }
        guard let site = head.headerFields.value(named: "sec-fetch-site"), site != "same-origin", site != "none" else {
            return
        }
        guard isSafe(head.method), head.headerFields.value(named: "sec-fetch-mode") == "navigate",
            head.headerFields.value(named: "sec-fetch-dest") == "document"
        else { throw .foreign }
    }

    /// Whether the browser vouches that a page of ours sent this.
    func isVouchedFor(_ head: HTTPRequest) -> Bool {
        if let origin = head.headerFields[.origin] { return isOwn(origin, head) }
        return head.headerFields.value(named: "sec-fetch-site") == "same-origin"
    }

    private func isSafe(_ method: HTTPRequest.Method) -> Bool { method == .get || method == .head }

    private func isOwn(_ origin: String, _ head: HTTPRequest) -> Bool {
        guard let host = head.authority else { return false }
        return origin.lowercased() == "http://\(host.lowercased())"
    }

    private func isOurs(_ head: HTTPRequest) -> Bool {
        // A second Host header stays among the others: which one would count is anybody's guess.
        guard let host = head.authority?.lowercased(), head.headerFields.value(named: "host") == nil else {
            return false
        }
        for name in ["127.0.0.1", "localhost", "[::1]"] where host.hasPrefix(name) {
            let rest = host.dropFirst(name.count)
            // Any port: a tunnel may have another one than we.
            return rest.isEmpty || (rest.first == ":" && UInt16(rest.dropFirst()) != nil && !rest.contains("+"))
        }
        return false
    }
}

extension HTTPFields {
    /// - Parameter name: in lower case.
    func value(named name: String) -> String? { first { $0.name.canonicalName == name }?.value }
}
