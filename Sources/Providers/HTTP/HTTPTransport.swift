internal import AsyncHTTPClient
internal import Domain
package import LanguageModel
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
package import Settings

/// Sends requests over HTTP/1.1, each within its deadlines and with a bound on what is read. Retries nothing, follows no
/// redirect (it would carry the key elsewhere). Must be shut down.
///
/// The threads are the process's: a call that ends while its client is shut down still has work for them, and one that
/// found its thread gone would trap in a debug build.
package struct HTTPTransport: Sendable {
    private let client: HTTPClient
    private let headerTimeout: Duration
    private let maxResponseBytes: Int

    /// Of a reply that is an error, more says nothing more.
    private static let mostErrorBytes = 64 << 10

    /// - Parameter place: where the settings came from, for the error.
    package init(_ endpoint: ProviderEndpoint, place: String) throws(ConfigurationError) {
        let tls = try Self.tls(endpoint, place)
        headerTimeout = endpoint.headerTimeout
        maxResponseBytes = endpoint.maxResponseBytes
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(endpoint.connectTimeout)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool = .init(
            idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: 256)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = endpoint.proxyURL.flatMap(ProxyAddress.init).map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.user.map { .basic(username: $0, password: proxy.password?.value ?? "") })
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func tls(_ endpoint: ProviderEndpoint, _ place: String) throws(ConfigurationError)
        -> TLSConfiguration
    {
        var tls = TLSConfiguration.makeClientConfiguration()
        guard let file = endpoint.caFile else { return tls }
        do {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
        } catch {
            throw ConfigurationError(
                place: place, setting: "ca_file", value: file, allowed: "it must be a readable file of PEM certificates"
            )
        }
        return tls
    }

    /// Ends the connections; what is on its way fails.
    package func shutdown() async {
        // Fails only when it ran before, and then nothing is left to end.
        try? await client.shutdown()
    }

    func send(_ call: HTTPCall, deadline: Duration) async throws(TransportError) -> HTTPReply {
        let outcome = await TimeLimit.race(deadline) { await exchange(call) }
        // Both our deadline and the caller end an exchange by cancelling it.
        if Task.isCancelled { throw .cancelled }
        guard let outcome else { throw .timeout("no whole answer within \(deadline)") }
        return try outcome.get()
    }

    private func exchange(_ call: HTTPCall) async -> Result<HTTPReply, TransportError> {
        var request = HTTPClientRequest(url: call.url)
        request.method = call.method == .get ? .GET : .POST
        for (name, value) in call.headers { request.headers.replaceOrAdd(name: name, value: value) }
        if call.method == .post { request.body = .bytes(ByteBuffer(string: call.body)) }
        do {
            let head = await TimeLimit.race(headerTimeout) { [client, request] in
                await Result { try await client.execute(request, deadline: .distantFuture) }
            }
            guard let head else { return .failure(.timeout("no reply within \(headerTimeout)")) }
            return .success(try await read(try head.get()))
        } catch {
            return .failure(TransportError(reading: error))
        }
    }

    private func read(_ response: HTTPClientResponse) async throws -> HTTPReply {
        var headers: [String: String] = [:]
        for (name, value) in response.headers {
            headers[name.lowercased()] = headers[name.lowercased()].map { $0 + ", " + value } ?? value
        }
        let status = Int(response.status.code)
        let isAnswer = (200..<300).contains(status)
        let limit = isAnswer ? maxResponseBytes : min(maxResponseBytes, Self.mostErrorBytes)
        var body: [UInt8] = []
        for try await chunk in response.body {
            if body.count + chunk.readableBytes > limit {
                if isAnswer { throw TransportError.tooLarge(limit: limit) }
                body += chunk.readableBytesView.prefix(limit - body.count)
                break
            }
            body += chunk.readableBytesView
        }
        return HTTPReply(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// One request.
struct HTTPCall: Sendable {
    enum Method: Sendable {
        case get, post
    }

    var method: Method
    var url: String
    var headers: [String: String]
    var body = ""
}

/// What came back, whatever its status.
struct HTTPReply: Sendable, Equatable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: String
}
