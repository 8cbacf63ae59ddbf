internal import Domain
package import Settings

/// Whom to ask, how, and for how long to wait.
package struct ProviderEndpoint: Sendable, Equatable {
    package var kind: ProviderKind
    /// Without a slash at its end; for Azure up to and including `/deployments/NAME`.
    package var baseURL: String
    package var model: String
    package var apiKey: Secret?
    /// Sent with every request; they replace ours of the same name.
    package var headers: [String: String]
    package var query: [String: String]
    package var maxOutputTokens: Int
    package var connectTimeout: Duration
    /// Until the head of the reply is there.
    package var headerTimeout: Duration
    package var maxResponseBytes: Int
    /// `http://[user:password@]host:port`
    package var proxyURL: String?
    /// Certificates trusted besides those of the system, as PEM.
    package var caFile: String?
    /// Claude Code, for `claude-cli`: a path, or a name on PATH.
    package var command: String

    /// Settings as users expect them of that kind.
    package init(kind: ProviderKind) {
        self.kind = kind
        switch kind {
        case .none: (baseURL, model) = ("", "")
        case .anthropic: (baseURL, model) = ("https://api.anthropic.com", "claude-haiku-4-5")
        case .openai: (baseURL, model) = ("https://api.openai.com/v1", "")
        case .claudeCLI: (baseURL, model) = ("", "haiku")
        }
        headers = [:]
        query = [:]
        maxOutputTokens = 4096
        connectTimeout = .seconds(10)
        // A reply that is not streamed begins when the whole answer is ready.
        headerTimeout = .seconds(120)
        maxResponseBytes = 4 << 20
        command = "claude"
    }

    /// 8 hex digits over base URL and credential: one bad key stops its owner only.
    package var fingerprint: String {
        let credential = apiKey?.value ?? secretHeaders.sorted().joined(separator: "\n")
        return String(SHA256.hexadecimal(of: baseURL + "\n" + credential).prefix(8))
    }
}

extension ProviderEndpoint {
    /// Every text that no message may show.
    package var secrets: [String] {
        var found = [apiKey?.value].compactMap { $0 } + secretHeaders
        found += query.filter { Self.namesSecret($0.key) }.values
        // `Bearer …`: the word behind it is as good as the whole.
        found += secretHeaders.compactMap { $0.split(separator: " ").last.map(String.init) }
        if let password = proxyURL.flatMap(ProxyAddress.init)?.password { found.append(password.value) }
        return found
    }

    private var secretHeaders: [String] {
        headers.filter { Self.namesSecret($0.key) }.map(\.value)
    }

    static func namesSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["key", "token", "auth", "secret", "pass", "sig", "cookie"].contains { name.contains($0) }
    }
}

extension ProviderEndpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Headers, query and proxy may hold credentials too: none of them is shown.
    package var description: String { "\(kind.rawValue) \(kind == .claudeCLI ? command : baseURL) \(model)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["provider": description]) }
}

extension ProviderEndpoint {
    /// The address of one call. What people paste into the base URL by habit (a slash, the path of the call) is taken
    /// off first.
    ///
    /// - Parameter extra: query items of the call itself.
    package func address(_ path: String, extra: [String: String] = [:]) -> String {
        var base = baseURL
        while base.hasSuffix("/") { base.removeLast() }
        let habits = kind == .anthropic ? ["/v1/messages", "/v1"] : ["/chat/completions"]
        if let habit = habits.first(where: { base.hasSuffix($0) }) { base.removeLast(habit.count) }
        let items = query.merging(extra) { mine, _ in mine }.sorted { $0.key < $1.key }
            .map { PercentCoding.encode($0.key) + "=" + PercentCoding.encode($0.value) }
        return base + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}

/// A credential that no description, dump or interpolation shows.
package struct Secret: Sendable, Equatable {
    package let value: String

    package init(_ value: String) {
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[secret]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
