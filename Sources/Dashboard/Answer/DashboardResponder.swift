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
        try await refuseLargeBody(of: request, isRead: request.method == .post)
        switch route {
        case .page: return try await page(target.terms, request)
        case .asset(let name): return try assets.response(name, to: request.head)
        case _ where route.isPublic:
            return try await Self.asked(isPublic: true, within: deadline) { try await publicText(route) }
        default: break
        }
        let caller = await admission.caller(request.headers)
        guard caller.isKnown else { throw caller == .stranger ? Refusal.noToken : Refusal.wrongToken }
        if route == .events { return try stream(to: request) }
        if request.method == .post, caller == .cookie, !origins.isVouchedFor(request.head) { throw Refusal.foreign }
        let answer = try await Self.asked(within: deadline) {
            Self.json(try await text(of: route, target.terms))
        }
        guard request.method == .post, Self.isForm(request) else { return answer }
        return Response(status: .seeOther, headers: [.location: route.place])
    }

    var deadline: Deadline { Deadline(limit: limits.answer, farewell: limits.farewell) }

    private func refuseLargeBody(of request: Request, isRead: Bool) async throws {
        if let said = request.headers[.contentLength].flatMap({ Int($0) }), said > limits.bodyBytes {
            throw Refusal.tooLarge(limit: limits.bodyBytes)
        }
        guard isRead else { return }
        do {
            // No call has a body that means anything: it is taken so that the answer comes after it.
            _ = try await request.body.collect(upTo: limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw Refusal.tooLarge(limit: limits.bodyBytes)
        }
    }

    private func stream(to request: Request) throws(Refusal) -> Response {
        let headers: HTTPFields = [.contentType: "text/event-stream"]
        guard request.method == .get else { return Response(status: .ok, headers: headers) }
        guard let slot = slots.take() else { throw .tooManyStreams(limit: limits.streams) }
        let last = request.headers.value(named: "last-event-id").flatMap { $0.utf8.count <= 128 ? $0 : nil }
        return EventStream(backend: backend, lastEventID: last, keepAlive: limits.keepAlive, slot: slot).response(to: request)
    }
}
