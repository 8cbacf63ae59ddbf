package import Settings

/// Where a provider's key is read from, by name: for who has to put another there.
package enum ProviderKey: Sendable, Equatable {
    case file(String)
    case variable(String)
    /// In `provider.headers`, with the file in which they stand.
    case headers(String)
    /// The client's own login.
    case login(command: String)
    /// No provider wants one.
    case none

    package init(_ settings: Settings) {
        let chosen = settings.configuration.provider
        switch chosen.kind {
        case .none: self = .none
        case .claudeCLI: self = .login(command: chosen.command)
        case .anthropic, .openai:
            let isInHeaders = chosen.headers.keys.contains(where: ProviderEndpoint.namesSecret)
            if !chosen.keyFile.isEmpty {
                self = .file(chosen.keyFile)
            } else if isInHeaders, chosen.keyVariable.isEmpty {
                self = .headers(settings.configFolder + "/holdfast.json")
            } else {
                self = .variable(Self.variable(of: chosen))
            }
        }
    }

    /// The variable of the environment that holds the key, where no file does.
    static func variable(of chosen: ProviderConfiguration) -> String {
        let standard = [ProviderKind.anthropic: "ANTHROPIC_API_KEY", .openai: "OPENAI_API_KEY"][chosen.kind] ?? ""
        return chosen.keyVariable.isEmpty ? standard : chosen.keyVariable
    }

    /// Whether there is none. A provider elsewhere is not used without; a server of one's own may want none.
    package static func isMissing(_ settings: Settings) -> Bool {
        guard case .variable(let name) = ProviderKey(settings) else { return false }
        return (settings.environment[name] ?? "").isEmpty
    }

    /// Where it comes from, as a clause; empty where no provider wants one.
    package func words(isMissing: Bool) -> String {
        switch self {
        case .file(let path): "its key is in \(path)"
        case .variable(let name) where isMissing:
            "it has no key: \(name) is not set here and provider.api_key_file names no file; a local server wants none"
        case .variable(let name): "its key is in \(name)"
        case .headers: "its key is in provider.headers"
        case .login(let command): "it uses the login of \(command)"
        case .none: ""
        }
    }

    /// What to do for another key; a clause.
    package var remedy: String {
        switch self {
        case .file(let path): "put a valid key into \(path) (provider.api_key_file)"
        case .variable(let name):
            "set \(name) to a valid key, then 'holdfast down && holdfast up' there, since the companion reads its own environment"
        case .headers(let file): "put a valid key into provider.headers of \(file)"
        case .login(let command): "log in: /login in \(command)"
        case .none: "configure a provider"
        }
    }
}
