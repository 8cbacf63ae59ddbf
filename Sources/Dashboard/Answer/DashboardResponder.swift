internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Answers one request: where it comes from, what it is for, who asks, and then the backend.
struct DashboardResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let backend: any DashboardBackend
    let assets: AssetStore
    let admission: Admission
    let origins: OriginRule
    let slots: StreamLimit
    let limits: DashboardLimits
    /// Whether whoever can ask is the user.
    let isForPrograms: Bool

    func respond(to request: Request, context: Context) async throws -> Response {
        var response: Response
        do {
            response = try await answer(request)
        } catch let refusal as Refusal {
            context.logger.debug(
                "refused", metadata: ["status": "\(refusal.status.code)", "why": "\(refusal.message)"])
            response = Self.response(refusal, to: request)
        }
        SecurityHeaders.add(to: &response)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request) async throws -> Response {
        try origins.check(request.head)
        let target = try RequestTarget(request.head.path ?? "")
        guard let route = Route(target.segments) else { throw Refusal.notFound }
        guard route.methods.contains(request.method) else { throw Refusal.wrongMethod(allowed: route.methods) }
        // Who asks is not known yet, but where nobody else can: what is large is taken from no stranger.
        let bodyLimit = isForPrograms ? route.bodyLimit(limits) : limits.bodyBytes
        let body = try await body(of: request, isRead: request.method == .post, limit: bodyLimit)
        switch route {
        case .page: return try await page(target.terms, request)
        case .enter: return try await enter(body, request)
        case .asset(let name): return try assets.response(name, to: request.head)
        case _ where route.isPublic:
            return try await Self.asked(isPublic: true, within: deadline) { try await publicText(route) }
        default: break
        }
        let caller = isForPrograms ? .bearer : await admission.caller(request.head)
        guard caller.isKnown else { throw caller == .stranger ? Refusal.noToken : Refusal.wrongToken }
        if route == .events { return try stream(to: request, of: caller) }
        if OriginRule.changes(request.method), caller != .bearer, !origins.isVouchedFor(request.head) {
            throw Refusal.foreign
        }
        let answer = try await Self.asked(within: deadline) {
            let text = try await text(of: route, target.terms, request.method, body)
            return Self.text(text, Self.isLines(route, request.method) ? "application/x-ndjson" : "application/json")
        }
        guard let place = route.place, Self.isForm(request) else { return answer }
        return Response(status: .seeOther, headers: [.location: place])
    }

    var deadline: Deadline { Deadline(limit: limits.answer, farewell: limits.farewell) }

    /// - Parameter isRead: few calls have a body that means anything: it is taken so that the answer comes after it.
    private func body(of request: Request, isRead: Bool, limit: Int) async throws -> ByteBuffer {
        if let said = request.headers[.contentLength].flatMap({ Int($0) }), said > limit {
            throw Refusal.tooLarge(limit: limit)
        }
        guard isRead else { return ByteBuffer() }
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Refusal.tooLarge(limit: limit)
        }
    }

    private static func isLines(_ route: Route, _ method: HTTPRequest.Method) -> Bool {
        if case .storedEntries = route { method != .post } else { false }
    }

    private func stream(to request: Request, of caller: Caller) throws(Refusal) -> Response {
        let headers: HTTPFields = [.contentType: "text/event-stream"]
        guard request.method == .get else { return Response(status: .ok, headers: headers) }
        guard let slot = slots.take() else { throw .tooManyStreams(limit: limits.streams) }
        let last = request.headers.value(named: "last-event-id").flatMap { $0.utf8.count <= 128 ? $0 : nil }
        return EventStream(
            backend: backend, lastEventID: last, keepAlive: limits.keepAlive, slot: slot,
            isAdmitted: { [admission] in admission.stillAdmits(caller) }
        ).response(to: request)
    }
}

// What the backend is asked for, route by route.
extension DashboardResponder {
    /// The page, in full for who has the token. With the token or a pass in the address it only begins a session, so
    /// that it stays in no history and no bookmark.
    func page(_ terms: Terms, _ request: Request) async throws -> Response {
        if let guess = terms["token"] {
            guard await admission.accepts(token: guess) else { throw Refusal.wrongToken }
            return try admitted(request)
        }
        let isKnown = await admission.caller(request.head).isKnown
        if let guess = terms["pass"] {
            // A browser that opens its windows again comes with the pass that let it in.
            if isKnown {
                await admission.spend(pass: guess)
                return Response(status: .seeOther, headers: [.location: "/"])
            }
            guard await admission.accepts(pass: guess) else { throw Refusal.usedPass }
            return try admitted(request)
        }
        let wanted = PageRequest(scope: isKnown ? .full : .reduced, terms: isKnown ? terms.all : [:])
        return try await Self.asked(isPublic: !isKnown, within: deadline) { [backend] in
            Self.text(try await backend.page(wanted), "text/html; charset=utf-8")
        }
    }

    private func admitted(_ request: Request) throws(Refusal) -> Response {
        Response(status: .seeOther, headers: [.location: "/", .setCookie: try admission.beginSession(request.head)])
    }

    /// Lets a browser in that posts a pass from a page elsewhere. It goes on by itself from a page of ours: were it sent on,
    /// its next request would still count as that page's, and browsers would keep back the cookie.
    func enter(_ body: ByteBuffer, _ request: Request) async throws -> Response {
        let pass = try Terms(String(buffer: body)[...])["pass"]
        guard let pass, await admission.accepts(pass: pass) else { throw Refusal.usedPass }
        var response = Self.text(Array(Self.onward.utf8), "text/html; charset=utf-8")
        response.headers[.setCookie] = try admission.beginSession(request.head)
        return response
    }

    private static let onward = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta http-equiv="refresh" content="0; url=/">
        <link rel="icon" href="data:,">
        <title>Holdfast</title>
        <p><a href="/">The dashboard</a></p>
        </html>

        """

    func publicText(_ route: Route) async throws -> Response {
        switch route {
        case .health: Self.health(try await backend.health())
        case .readiness: Self.health(try await backend.readiness())
        case .metrics: Self.text(try await backend.metrics(), "text/plain; version=0.0.4; charset=utf-8")
        default: throw Refusal.notFound
        }
    }

    func text(
        of route: Route, _ terms: Terms, _ method: HTTPRequest.Method, _ body: ByteBuffer
    ) async throws -> [UInt8] {
        switch route {
        case .status: try await backend.status()
        case .fleet: try await backend.fleet()
        case .sessions: try await backend.sessions(SessionsQuery(terms))
        case .session(let id): try await backend.session(id)
        case .restore(let id): try await backend.restore(session: id)
        case .forget(let id): try await backend.forget(session: id)
        case .lookUp(let key): try await backend.lookUp(key: key)
        case .drop(let key): try await backend.drop(key: key)
        case .failures: try await backend.failures(FailuresQuery(terms))
        case .failureGroups: try await backend.failureGroups(FailuresQuery(terms))
        case .activity: try await backend.activity()
        case .retryFailures:
            try await backend.retryFailures(FailuresQuery(terms), onlyDead: terms["dead"] == "yes")
        case .closeCircuit: try await backend.closeCircuit()
        case .episode(let id): try await backend.episode(id)
        case .retry(let id): try await backend.retry(episode: id)
        case .discard(let id): try await backend.discard(episode: id)
        case .memory: try await backend.memory(MemoryQuery(terms))
        case .graph: try await backend.graph(MemoryQuery(terms))
        case .history: try await backend.history(limit: terms.number("limit", or: 100, in: 1...1000))
        case .conversations: try await backend.conversations(ConversationsQuery(terms))
        case .conversation(let key) where method == .delete: try await backend.clearConversation(key: key)
        case .conversation(let key): try await backend.conversation(key: key)
        case .addMessage(let key): try await backend.add(message: Array(body.readableBytesView), key: key)
        case .context(let key): try await backend.context(key: key, ContextQuery(terms))
        case .conversationHealth: try await backend.conversationHealth()
        case .tools: try await backend.tools()
        case .tool(let name): try await backend.tool(name)
        case .toolAdvice(let name): try await backend.advice(on: name)
        case .toolOutcome(let name):
            try await backend.record(outcome: Array(body.readableBytesView), of: name)
        case .stored(let project): try await backend.storedSessions(project: project)
        case .storedEntries(let query) where method == .post:
            try await backend.store(entries: Array(body.readableBytesView), query.with(terms))
        case .storedEntries(let query): try await backend.storedEntries(query.with(terms))
        case .storedSubpaths(let query): try await backend.storedSubpaths(query)
        case .storedSummary(let query) where method == .post:
            try await backend.store(
                summary: Array(body.readableBytesView), query,
                version: terms.number("version", or: 0, in: 0...Int.max))
        case .storedSummary(let query): try await backend.storedSummary(query)
        case .storedSession(let query): try await backend.removeStored(query.with(terms))
        case .page, .enter, .asset, .health, .readiness, .metrics, .events: throw Refusal.notFound
        }
    }

    /// Asks the backend, within its time; its errors become refusals, without their text where anybody may read.
    static func asked(
        isPublic: Bool = false, within deadline: Deadline, _ work: @escaping @Sendable () async throws -> Response
    ) async throws -> Response {
        do {
            return try await deadline.run(work)
        } catch let error as BackendError {
            let refusal = Refusal(error)
            throw isPublic ? refusal.withoutText : refusal
        }
    }
}

// The forms that answers take.
extension DashboardResponder {
    static func json(_ bytes: [UInt8]) -> Response { text(bytes, "application/json") }

    static func text(_ bytes: [UInt8], _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func health(_ health: BackendHealth) -> Response {
        var response = json(health.json)
        if !health.isWell { response.status = .serviceUnavailable }
        return response
    }

    static func response(_ refusal: Refusal, to request: Request) -> Response {
        let text = RefusalText(refusal: refusal), isPage = wantsPage(request)
        var headers = refusal.headers
        headers[.contentType] = isPage ? "text/html; charset=utf-8" : "application/json"
        return Response(
            status: refusal.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: isPage ? text.html : text.json)))
    }

    /// Whether a browser sent a form of the page, rather than its script: then it wants to see the page again.
    static func isForm(_ request: Request) -> Bool {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return false }
        return request.headers[.accept]?.contains("application/json") != true
    }

    private static func wantsPage(_ request: Request) -> Bool {
        request.headers[.accept]?.contains("text/html") == true
    }
}
