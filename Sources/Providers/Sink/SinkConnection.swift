internal import Authentication
internal import Domain
internal import LanguageModel
internal import Platform
internal import Settings

/// HTTP as sinks speak it: JSON, a key if there is one, answers of bounded size within a time.
struct SinkConnection: Sendable {
    let url: String
    private let headers: [String: String]
    private let transport: HTTPTransport

    static let deadline: Duration = .seconds(20)

    /// - Throws: for a key file that cannot be used.
    init(_ policy: SinkPolicy, place: String) throws(ConfigurationError) {
        var endpoint = ProviderEndpoint(kind: .none)
        endpoint.connectTimeout = .seconds(5)
        endpoint.headerTimeout = Self.deadline
        endpoint.maxResponseBytes = 16 << 20
        transport = try HTTPTransport(endpoint, place: place)
        url = policy.url.hasSuffix("/") ? String(policy.url.dropLast()) : policy.url
        var headers = ["content-type": "application/json", "user-agent": "holdfast/" + Holdfast.version]
        if !policy.apiKeyFile.isEmpty {
            let key = try ProviderEndpoint.privateText(policy.apiKeyFile, setting: "sinks.api_key_file", place)
            headers["authorization"] = "Bearer " + key
        }
        self.headers = headers
    }

    /// Who is asked, for people: an address may hold a token behind its host.
    var whom: String {
        let rest = url.split(separator: "/", omittingEmptySubsequences: true)
        return rest.count > 1 ? String(rest[1].split(separator: "@").last ?? "") : "the sink"
    }

    func send(
        _ method: HTTPCall.Method, _ path: String, body: String = "", more: [String: String] = [:]
    ) async throws(SinkFailure) -> HTTPReply {
        let call = HTTPCall(
            method: method, url: url + path, headers: headers.merging(more) { $1 }, body: body)
        let reply: HTTPReply
        do throws(TransportError) {
            reply = try await transport.send(call, deadline: Self.deadline)
        } catch {
            throw SinkFailure(error, whom)
        }
        guard (200..<300).contains(reply.status) else {
            throw SinkFailure(status: reply.status, retryAfter: reply.headers["retry-after"], whom)
        }
        return reply
    }

    func shutdown() async { await transport.shutdown() }
}

/// Posts each memory as JSON, signed like what people are told (`Webhook`).
struct WebhookSink: Sink {
    private let connection: SinkConnection
    private let secret: Secret?

    init(_ policy: SinkPolicy, place: String) throws(ConfigurationError) {
        connection = try SinkConnection(policy, place: place)
        secret =
            policy.secretFile.isEmpty
            ? nil : Secret(try ProviderEndpoint.privateText(policy.secretFile, setting: "sinks.secret_file", place))
    }

    func deliver(_ item: SinkItem) async throws(SinkFailure) -> Bool {
        let body = SinkMessage(item).text
        var headers: [String: String] = ["x-holdfast-delivery": item.name]
        if let secret {
            let timestamp = String(HostClock.wallMilliseconds / 1000)
            headers["x-holdfast-timestamp"] = timestamp
            headers["x-holdfast-signature"] =
                "sha256=" + AuthenticationCode.hexadecimal(of: "\(timestamp).\(body)", key: secret.value)
        }
        _ = try await connection.send(.post, "", body: body, more: headers)
        return true
    }

    func confirm(_ item: SinkItem) async throws(SinkFailure) -> Bool { true }
    func shutdown() async { await connection.shutdown() }
}

/// A memory as a webhook gets it.
struct SinkMessage: Encodable {
    let event: String
    let id: String
    let session_id: String
    let dispatch_key: String
    let host: String
    let captured_at: String
    let made_at: String
    let model: String
    let memory: Memory

    init(_ item: SinkItem) {
        event = item.isOfSession ? "session_summary" : "memory"
        (id, session_id, dispatch_key, host) = (item.name, item.session, item.dispatchKey, item.host)
        (captured_at, made_at) = (ISOTime.text(item.capturedMilliseconds), ISOTime.text(item.madeMilliseconds))
        (model, memory) = (item.model, item.memory)
    }

    /// Encoding texts and numbers cannot fail.
    var text: String { (try? JSONValue(encoding: self).text) ?? "{}" }
}
