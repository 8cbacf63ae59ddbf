internal import Domain
internal import LanguageModel
internal import Redaction
internal import Settings

/// What both HTTP providers do alike: ask, read, and tell what went wrong.
struct HTTPConversation: Sendable {
    let endpoint: ProviderEndpoint
    let transport: HTTPTransport
    let failures: CallFailures
    private let headers: [String: String]

    /// - Parameters:
    ///   - headers: what the protocol wants; the user's own replace them.
    ///   - redactor: for what errors say.
    init(
        _ endpoint: ProviderEndpoint, _ transport: HTTPTransport, headers: [String: String], redactor: Redactor,
        now: @Sendable @escaping () -> Int64
    ) {
        self.endpoint = endpoint
        self.transport = transport
        failures = CallFailures(
            whom: "\(endpoint.kind.rawValue) at \(endpoint.host ?? "an unknown host")", secrets: endpoint.secrets,
            redactor: redactor, now: now)
        var all = headers
        all["content-type"] = "application/json"
        all["user-agent"] = "holdfast/" + Holdfast.version
        for (name, value) in endpoint.headers { all[name.lowercased()] = value }
        self.headers = all
    }

    func post(_ path: String, body: String, deadline: Duration) async throws(ModelFailure) -> HTTPReply {
        let call = HTTPCall(method: .post, url: endpoint.address(path), headers: headers, body: body)
        do {
            return try await transport.send(call, deadline: deadline)
        } catch {
            throw failures.unsent(error)
        }
    }

    func answer(
        _ reply: HTTPReply, read: (String) throws(WireError) -> WireReply
    ) throws(ModelFailure) -> ModelAnswer {
        guard (200..<300).contains(reply.status) else {
            let isRedirect = (300..<400).contains(reply.status)
            throw failures.refused(
                reply, because: isRedirect ? "a redirect, which is not followed; correct base_url" : nil)
        }
        let content: WireReply
        do {
            content = try read(reply.body)
        } catch {
            switch error {
            case .failed: throw failures.refused(reply)
            case .incomplete:
                let reason = "ECONNRESET: the stream ended before its last event"
                throw failures.textOnly(reason, "\(failures.whom): \(reason)")
            case .unusable(let reason): throw failures.refused(reply, because: reason)
            }
        }
        return try AnswerReading.answer(content, reply.headers, failures)
    }

    /// Asks for the list of models. A server that has none answers 404 or 405, and so it is there: only a call could
    /// tell more.
    func check(_ path: String, extra: [String: String] = [:], deadline: Duration) async throws(ModelFailure) {
        var headers = headers
        headers["content-type"] = nil
        let call = HTTPCall(method: .get, url: endpoint.address(path, extra: extra), headers: headers)
        let reply: HTTPReply
        do {
            reply = try await transport.send(call, deadline: deadline)
        } catch {
            throw failures.unsent(error)
        }
        let isThere = (200..<300).contains(reply.status) || reply.status == 404 || reply.status == 405
        guard isThere else { throw failures.refused(reply) }
    }
}
