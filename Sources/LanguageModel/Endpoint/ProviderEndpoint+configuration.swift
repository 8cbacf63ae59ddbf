internal import Domain
internal import Glibc
internal import Platform
package import Settings

extension ProviderEndpoint {
    /// What `holdfast.json`, environment and key file say, put together.
    /// - Throws: when a key file is readable by others, a variable is not set, or a value cannot be used.
    package init(_ settings: Settings) throws(ConfigurationError) {
        if let fault = settings.providerFault { throw fault }
        let chosen = settings.configuration.provider
        let place = settings.configFolder + "/holdfast.json"
        self.init(kind: chosen.kind)
        if !chosen.baseURL.isEmpty { baseURL = chosen.baseURL }
        if !chosen.model.isEmpty { model = chosen.model }
        apiKey = try Self.key(chosen, settings, place)
        headers = try Self.filled(chosen.headers, "provider.headers", settings, place)
        query = try Self.filled(chosen.query, "provider.query", settings, place)
        maxOutputTokens = Int(chosen.maxOutputTokens)
        connectTimeout = .seconds(chosen.connectTimeoutSeconds)
        headerTimeout = .seconds(chosen.headerTimeoutSeconds)
        maxResponseBytes = Int(chosen.maxResponseBytes)
        proxyURL = chosen.proxy.isEmpty ? nil : chosen.proxy
        caFile = chosen.caFile.isEmpty ? nil : chosen.caFile
        command = chosen.command
        try validate(place: place)
    }

    private static func key(
        _ chosen: ProviderConfiguration, _ settings: Settings, _ place: String
    ) throws(ConfigurationError) -> Secret? {
        if !chosen.keyFile.isEmpty {
            let text = try privateText(chosen.keyFile, setting: "provider.api_key_file", place)
            return Secret(text)
        }
        let name = ProviderKey.variable(of: chosen)
        if let value = settings.environment[name], !value.isEmpty { return Secret(value) }
        // Local servers want none; a variable that somebody named is meant.
        if !chosen.keyVariable.isEmpty {
            throw ConfigurationError(
                place: place, setting: "provider.api_key_env", value: name,
                allowed: "the companion's environment has no such variable; or use provider.api_key_file")
        }
        // A server of one's own wants none mostly, and one that does may be given it in a header.
        if chosen.baseURL.isEmpty, chosen.kind == .anthropic || chosen.kind == .openai,
            case .variable = ProviderKey(settings)
        {
            throw ConfigurationError(
                place: place, setting: "provider.api_key_file", value: "empty, and \(name) is not set",
                allowed: "give the key in a file of mode 0600, or in the companion's environment")
        }
        return nil
    }

    /// A secret's file: this user's alone.
    package static func privateText(
        _ path: String, setting: String, _ place: String
    ) throws(ConfigurationError) -> String {
        func fault(_ what: String) -> ConfigurationError {
            ConfigurationError(place: place, setting: setting, value: path, allowed: what)
        }
        let text: String
        do throws(PrivateFile.Fault) {
            text = try PrivateFile.read(path, isNamed: true, limit: 64 << 10)
        } catch {
            switch error {
            case .missing: throw fault("\(FileError(path: path, number: ENOENT))")
            case .isLink, .isNoFile: throw fault("it is not a file")
            case .isOthers: throw fault("the file belongs to another user: chown \(geteuid()) '\(path)'")
            case .isOpenToOthers: throw fault("others may read it: chmod 600 '\(path)'")
            case .failed(let error): throw fault("\(error)")
            }
        }
        return text.withoutMargins
    }

    /// `${NAME}` becomes what the environment says.
    private static func filled(
        _ texts: [String: String], _ setting: String, _ settings: Settings, _ place: String
    ) throws(ConfigurationError) -> [String: String] {
        var filled: [String: String] = [:]
        for (name, text) in texts {
            var rest = text[...]
            var value = ""
            while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
                let variable = String(rest[start.upperBound..<end])
                guard let found = settings.environment[variable] else {
                    throw ConfigurationError(
                        place: place, setting: "\(setting).\(name)", value: "${\(variable)}",
                        allowed: "the environment has no such variable")
                }
                value += rest[..<start.lowerBound] + found
                rest = rest[rest.index(after: end)...]
            }
            filled[name] = value + rest
        }
        return filled
    }
}

extension String {
    /// Without white space around it: people end a file with a line break.
    fileprivate var withoutMargins: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }
}
