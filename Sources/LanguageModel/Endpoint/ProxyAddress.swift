internal import Domain

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
