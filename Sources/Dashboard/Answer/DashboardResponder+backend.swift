internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

// What the backend is asked for, route by route.
extension DashboardResponder {
    /// The page, in full for who has the token. With the token or a pass in the address it only becomes a cookie, so that
    /// it stays in no history and no bookmark.
    func page(_ terms: Terms, _ request: Request) async throws -> Response {
        if let guess = terms["token"] {
            guard await admission.accepts(token: guess) else { throw Refusal.wrongToken }
            return Response(status: .seeOther, headers: [.location: "/", .setCookie: admission.cookie])
        }
        let isKnown = await admission.caller(request.headers).isKnown
        if let guess = terms["pass"] {
            // A browser that opens its windows again comes with the pass that let it in.
            if isKnown {
                await admission.spend(pass: guess)
                return Response(status: .seeOther, headers: [.location: "/"])
            }
            guard await admission.accepts(pass: guess) else { throw Refusal.usedPass }
            return Response(status: .seeOther, headers: [.location: "/", .setCookie: admission.cookie])
        }
        let wanted = PageRequest(scope: isKnown ? .full : .reduced, terms: isKnown ? terms.all : [:])
        return try await Self.asked(isPublic: !isKnown, within: deadline) { [backend] in
            Self.text(try await backend.page(wanted), "text/html; charset=utf-8")
        }
    }

    func publicText(_ route: Route) async throws -> Response {
        switch route {
        case .health: Self.health(try await backend.health())
        case .readiness: Self.health(try await backend.readiness())
        case .metrics: Self.text(try await backend.metrics(), "text/plain; version=0.0.4; charset=utf-8")
        default: throw Refusal.notFound
        }
    }

    func text(of route: Route, _ terms: Terms) async throws -> [UInt8] {
        switch route {
        case .status: try await backend.status()
        case .sessions: try await backend.sessions(SessionsQuery(terms))
        case .lookUp(let key): try await backend.lookUp(key: key)
        case .drop(let key): try await backend.drop(key: key)
        case .failures: try await backend.failures(FailuresQuery(terms))
        case .episode(let id): try await backend.episode(id)
        case .retry(let id): try await backend.retry(episode: id)
        case .discard(let id): try await backend.discard(episode: id)
        case .memory: try await backend.memory(MemoryQuery(terms))
        case .history: try await backend.history(limit: terms.number("limit", or: 100, in: 1...1000))
        case .page, .asset, .health, .readiness, .metrics, .events: throw Refusal.notFound
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
