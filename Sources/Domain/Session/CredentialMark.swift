/// Whose account a client asks with, as a mark that gives nothing of it away.
package enum CredentialMark {
    /// What of the environment says it.
    package static let variables = [
        "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_BASE_URL",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
    ]

    /// - Parameter login: what stands for the account where the environment names none: host and config folder.
    package static func of(_ environment: [String: String], login: String) -> String {
        var hash = SHA256()
        var isNamed = false
        for name in variables {
            let value = environment[name] ?? ""
            hash.update("\(name)=\(value)\u{0}")
            if name.hasSuffix("_KEY") || name.hasSuffix("_TOKEN") { isNamed = isNamed || !value.isEmpty }
        }
        if !isNamed { hash.update(login) }
        return String(hash.hexadecimal().prefix(16))
    }
}
