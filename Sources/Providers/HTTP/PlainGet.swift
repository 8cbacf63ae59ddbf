internal import LanguageModel
package import Settings

/// Asks an address and takes what comes back, whatever its status; it follows no redirect.
package struct PlainGet: Sendable {
    package struct Reply: Sendable {
        package var status: Int
        /// Names in lower case.
        package var headers: [String: String]
        package var body: String
    }

    /// Why there is no reply.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let transport: HTTPTransport
    private static let deadline: Duration = .seconds(20)

    /// - Parameters:
    ///   - place: where the settings came from, for the error.
    ///   - caFile: certificates to trust beside the system's (PEM); empty for none.
    package init(place: String, caFile: String = "") throws(ConfigurationError) {
        var endpoint = ProviderEndpoint(kind: .none)
        endpoint.connectTimeout = .seconds(10)
        endpoint.headerTimeout = Self.deadline
        endpoint.maxResponseBytes = 1 << 20
        endpoint.caFile = caFile.isEmpty ? nil : caFile
        transport = try HTTPTransport(endpoint, place: place)
    }

    package func get(_ url: String, headers: [String: String]) async throws(Failure) -> Reply {
        do throws(TransportError) {
            let reply = try await transport.send(
                HTTPCall(method: .get, url: url, headers: headers), deadline: Self.deadline)
            return Reply(status: reply.status, headers: reply.headers, body: reply.body)
        } catch {
            switch error {
            case .timeout(let reason), .unreachable(let reason): throw Failure(description: reason)
            case .cancelled: throw Failure(description: "stopped")
            case .tooLarge(let limit): throw Failure(description: "a reply of more than \(limit) bytes")
            }
        }
    }

    /// Must be called, once.
    package func shutdown() async { await transport.shutdown() }
}
