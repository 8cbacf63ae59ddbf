internal import Authentication
internal import Domain
package import LanguageModel
internal import Platform
package import Settings

/// Posts JSON to somebody who wants to be told. Signed, so that the receiver can tell it is from us, and of now:
/// `X-Holdfast-Timestamp: <s since 1970>` and `X-Holdfast-Signature: sha256=<HMAC-SHA256 of timestamp, point and body>`. A
/// message that was overheard and is sent again later has an old timestamp, and with a new one no signature.
package struct Webhook: Sendable {
    /// Why a message did not arrive.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Who is told.
    package struct Receiver: Sendable {
        let url: String
        let secret: Secret?

        package init(url: String, secret: Secret?) {
            self.url = url
            self.secret = secret
        }
    }

    private let transport: HTTPTransport

    private static let deadline: Duration = .seconds(10)

    /// - Parameter place: where the settings came from, for the error.
    package init(place: String) throws(ConfigurationError) {
        var endpoint = ProviderEndpoint(kind: .none)
        endpoint.connectTimeout = .seconds(5)
        endpoint.headerTimeout = Self.deadline
        endpoint.maxResponseBytes = 64 << 10
        transport = try HTTPTransport(endpoint, place: place)
    }

    package func post(_ body: String, to receiver: Receiver) async throws(Failure) {
        var headers = ["content-type": "application/json", "user-agent": "holdfast/" + Holdfast.version]
        if let secret = receiver.secret {
            let timestamp = String(HostClock.wallMilliseconds / 1000)
            headers["x-holdfast-timestamp"] = timestamp
            headers["x-holdfast-signature"] =
                "sha256=" + AuthenticationCode.hexadecimal(of: "\(timestamp).\(body)", key: secret.value)
        }
        let reply: HTTPReply
        do throws(TransportError) {
            reply = try await transport.send(
                HTTPCall(method: .post, url: receiver.url, headers: headers, body: body), deadline: Self.deadline)
        } catch {
            // The address may hold a token: it is not named.
            switch error {
            case .timeout(let reason), .unreachable(let reason): throw Failure(description: reason)
            case .cancelled: throw Failure(description: "stopped")
            case .tooLarge(let limit): throw Failure(description: "a reply of more than \(limit) bytes")
            }
        }
        guard (200..<300).contains(reply.status) else { throw Failure(description: "HTTP \(reply.status)") }
    }

    /// Must be called, once.
    package func shutdown() async { await transport.shutdown() }
}
