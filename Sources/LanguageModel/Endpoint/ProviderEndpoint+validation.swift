internal import Domain
package import Settings

extension ProviderEndpoint {
    /// Checks what can be checked without asking anybody.
    ///
    /// - Parameter place: the file or variable the settings came from.
    package func validate(place: String) throws(ConfigurationError) {
        func refuse(_ setting: String, _ value: String, _ allowed: String) -> ConfigurationError {
            ConfigurationError(place: place, setting: setting, value: value, allowed: allowed)
        }
        if let proxyURL, ProxyAddress(proxyURL) == nil {
            throw refuse("proxy", "not an address", "it must be http://[user:password@]host:port")
        }
        if maxOutputTokens < 1 { throw refuse("max_output_tokens", "\(maxOutputTokens)", "it must be 1 or more") }
        if maxResponseBytes < 1024 {
            throw refuse("max_response_bytes", "\(maxResponseBytes)", "it must be 1024 or more")
        }
        if headers.contains(where: { !Self.isHeader($0.key, $0.value) }) {
            throw refuse("headers", "not valid", "names are letters, digits and dashes; values have no line breaks")
        }
        switch kind {
        case .none, .claudeCLI: break
        case .anthropic, .openai:
            guard host != nil, !baseURL.contains("?"), !baseURL.contains("#") else {
                throw refuse(
                    "base_url", "not usable", "it must be http:// or https://, a host and a path; see query for more")
            }
            guard !model.isEmpty || query["api-version"] != nil else {
                throw refuse("model", "empty", "name the model to ask, as the provider spells it")
            }
        }
        if let key = apiKey?.value, key.isEmpty || !Self.isHeader("x", key) {
            throw refuse("api_key", "empty or not one line", "leave it away where the provider wants none")
        }
    }

    /// The host of the base URL, for messages; nil where there is none, or where it carries a password.
    package var host: String? {
        guard let scheme = ["https://", "http://"].first(where: { baseURL.lowercased().hasPrefix($0) }) else {
            return nil
        }
        let authority = baseURL.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@"), authority.allSatisfy({ !$0.isWhitespace }) else {
            return nil
        }
        return String(authority)
    }

    private static func isHeader(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
            && value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
    }
}

/// Where an HTTP proxy listens: `http://[user:password@]host:port`.
package struct ProxyAddress: Sendable, Equatable {
    package var host: String
    package var port: Int
    package var user: String?
    package var password: Secret?

    /// - Returns: nil for what is no address of an HTTP proxy.
    package init?(_ text: String) {
        guard text.lowercased().hasPrefix("http://") else { return nil }
        var rest = text.dropFirst("http://".count)
        if rest.hasSuffix("/") { rest.removeLast() }
        if let at = rest.lastIndex(of: "@") {
            let credential = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(credential[0]), !name.isEmpty else { return nil }
            user = name
            if credential.count == 2 {
                guard let word = PercentCoding.decode(credential[1]) else { return nil }
                password = Secret(word)
            }
            rest = rest[rest.index(after: at)...]
        }
        guard let colon = rest.lastIndex(of: ":"), let number = Int(rest[rest.index(after: colon)...]),
            (1...65535).contains(number)
        else { return nil }
        host = String(rest[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, !host.contains("/") else { return nil }
        port = number
    }
}
