internal import Authentication
internal import Domain
internal import HTTPTypes
internal import Operations
internal import Platform

/// Looks in requests for the token, or for the session of a browser.
struct Admission: Sendable {
    private let token: DashboardToken
    private let folder: DashboardFolder
    private let passes: UsedPasses
    /// How long a wrong token waits for its answer: 256 bits are not guessed, but guessing is not to be free either.
    private let delay: Duration

    init(token: DashboardToken, folder: DashboardFolder, delay: Duration) {
        self.token = token
        self.folder = folder
        self.delay = delay
        passes = UsedPasses(token: token)
    }

    func caller(_ head: HTTPRequest) async -> Caller {
        var isImpostor = false
        if let value = head.headerFields[.authorization] {
            let parts = value.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "bearer", token.matches(parts[1]) { return .bearer }
            isImpostor = true
        }
        for value in cookies(head) {
            if let session = session(value, head) { return .session(session) }
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
        if await passes.admits(guess) {
            folder.removePage(of: guess)
            return true
        }
        await makeWait()
        return false
    }

    /// It was carried to us in the open: nobody else is to come in by it.
    func spend(pass: String) async {
        if await passes.admits(pass) { folder.removePage(of: pass) }
    }

    /// Begins a session.
    /// - Returns: the header that makes a browser show it from now on. A `__Host-` name would need TLS: path and no domain
    ///   are as there, and the port that browsers do not tell apart stands in name and session.
    func beginSession(_ head: HTTPRequest) throws(Refusal) -> String {
        let port = Self.port(of: head)
        let (session, cookie) = DashboardSession.begin(
            token: token.text, port: port, now: HostClock.wallMilliseconds)
        do {
            try folder.keep(session)
        } catch {
            throw .noSession(error)
        }
        let seconds = DashboardSession.lifetimeMilliseconds / 1000
        return "\(Self.cookieName(port))=\(cookie); HttpOnly; SameSite=Strict; Path=/; Max-Age=\(seconds)"
    }

    /// Whether who was admitted still is: sessions expire and are revoked while a stream is open.
    func stillAdmits(_ caller: Caller) -> Bool {
        guard case .session(let session) = caller else { return true }
        return folder.session(id: session.id) == session && !session.isOver(now: HostClock.wallMilliseconds)
    }

    private func session(_ cookie: Substring, _ head: HTTPRequest) -> DashboardSession? {
        guard let id = DashboardSession.id(ofCookie: cookie), let session = folder.session(id: id),
            session.matches(
                cookie: cookie, token: token.text, port: Self.port(of: head), now: HostClock.wallMilliseconds)
        else { return nil }
        return session
    }

    private func cookies(_ head: HTTPRequest) -> [Substring] {
        let name = Self.cookieName(Self.port(of: head))
        return head.headerFields[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == name else { return nil }
            return parts[1]
        }
    }

    private static func cookieName(_ port: UInt16) -> String { "holdfast_session_\(port)" }

    /// The one that the request names; `OriginRule` has seen to it that it is a number.
    private static func port(of head: HTTPRequest) -> UInt16 {
        guard let host = head.authority, let colon = host.lastIndex(of: ":") else { return 80 }
        return UInt16(host[host.index(after: colon)...]) ?? 80
    }

    private func makeWait() async {
        // Cut short only when the answer goes nowhere any more.
        try? await Task.sleep(for: delay)
    }
}

/// Who asks, as far as token and session tell.
enum Caller: Equatable {
    case stranger
    /// Showed something that is neither.
    case impostor
    case bearer
    /// Browsers send cookies along whoever wrote the page, so a cookie alone may not change anything.
    case session(DashboardSession)

    var isKnown: Bool {
        switch self {
        case .bearer, .session: true
        case .stranger, .impostor: false
        }
    }
}
