internal import Domain

/// What GitHub says of a repository and of how often we may ask.
package struct GitHubAPI: Sendable {
    private let base: String
    private let token: String?
    private let http: any HTTPAsking

    package static let defaultBase = "https://api.github.com"

    /// - Parameter base: another one for a server of one's own (`https://HOST/api/v3`).
    /// - Throws: `refused` where the token would go over the network for all to read.
    package init(_ http: any HTTPAsking, base: String = GitHubAPI.defaultBase, token: String?) throws(CopyError) {
        let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { prefix in
            base == prefix || [":", "/"].contains { base.hasPrefix(prefix + $0) }
        }
        guard base.hasPrefix("https://") || isLocal, base.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 64 }) else {
            throw .refused(reason: "the address of the API is no https address")
        }
        guard token?.utf8.allSatisfy({ (33...126).contains($0) }) != false else {
            throw .refused(reason: "the token is none")
        }
        self.http = http
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.token = token
    }

    /// What the API says of a repository.
    package struct Look: Sendable, Equatable {
        /// What the repository takes up there, bytes, as of some minutes ago.
        package var bytes: Int64
        /// Nil where it does not say, as to who shows no token.
        package var canPush: Bool?
        package var isPrivate: Bool
        package var limit: RateLimit?
    }

    package struct RateLimit: Sendable, Equatable {
        /// Calls in an hour.
        package var limit: Int64
        package var remaining: Int64
        /// When it is full again, ms since 1970.
        package var resetMilliseconds: Int64
    }

    /// - Throws: `unreachable`, `refused`, `limited`, or `unavailable` for an answer that is not understood.
    package func look(at repository: GitHubRepository, nowMilliseconds: Int64) async throws(CopyError) -> Look {
        let answer = try await ask("/repos/\(repository.owner)/\(repository.name)", nowMilliseconds)
        guard let look = Look(answer) else { throw .unavailable(reason: "GitHub's answer is not understood") }
        return look
    }

    /// Costs nothing of what it tells.
    package func rateLimit(nowMilliseconds: Int64) async throws(CopyError) -> RateLimit {
        let answer = try await ask("/rate_limit", nowMilliseconds)
        guard let limit = RateLimit(body: answer) else {
            throw .unavailable(reason: "GitHub's answer is not understood")
        }
        return limit
    }

    private func ask(_ path: String, _ nowMilliseconds: Int64) async throws(CopyError) -> HTTPAnswer {
        var headers = [
            (name: "Accept", value: "application/vnd.github+json"), (name: "X-GitHub-Api-Version", value: "2022-11-28"),
            (name: "User-Agent", value: "holdfast/\(Holdfast.version)"),
        ]
        if let token { headers.append((name: "Authorization", value: "Bearer \(token)")) }
        let answer = try await http.get(base + path, headers: headers)
        if let error = answer.gitHubError(at: nowMilliseconds, token: token) { throw error }
        return answer
    }
}

/// Whoever prints it shows no token.
extension GitHubAPI: CustomStringConvertible {
    package var description: String { base }
}
