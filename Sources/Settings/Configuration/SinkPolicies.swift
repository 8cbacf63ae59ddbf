package import Domain

extension Settings {
    /// Where memories are handed on to.
    /// - Throws: `ConfigurationError` for what is none, or not allowed.
    package func sinks() throws(ConfigurationError) -> [SinkPolicy] {
        let place = configFolder + "/holdfast.json"
        var sinks: [SinkPolicy] = [], names: Set<String> = []
        for (index, json) in configuration.sinks.enumerated() {
            let sink = try Self.sink(json, "sinks[\(index)]", place)
            guard names.insert(sink.name).inserted else {
                throw ConfigurationError(
                    place: place, setting: "sinks[\(index)].name", value: sink.name, allowed: "allowed: another name")
            }
            sinks.append(sink)
        }
        return sinks
    }

    private static func sink(_ json: JSONValue, _ path: String, _ place: String) throws(ConfigurationError)
        -> SinkPolicy
    {
        func refuse(_ member: String, _ value: JSONValue?, _ allowed: String) -> ConfigurationError {
            ConfigurationError(
                place: place, setting: "\(path).\(member)", value: value?.text ?? "missing",
                allowed: "allowed: \(allowed)")
        }
        guard case .object(let members) = json else {
            throw ConfigurationError(place: place, setting: path, value: json.text, allowed: "allowed: an object")
        }
        let kinds = SinkPolicy.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        guard let kind = members["kind"]?.string.flatMap(SinkPolicy.Kind.init) else {
            throw refuse("kind", members["kind"], kinds)
        }
        let known: Set<String> =
            switch kind {
            case .folder: ["kind", "name", "path"]
            case .webhook: ["kind", "name", "url", "secret_file"]
            case .graphiti: ["kind", "name", "url", "group", "protocol", "api_key_file"]
            }
        for name in members.keys.sorted() where !known.contains(name) {
            throw ConfigurationError(
                place: place, setting: "\(path).\(name)", value: "no setting",
                allowed: "known: \(known.sorted().joined(separator: ", "))")
        }
        func text(_ name: String, or standard: String?, _ allowed: String, _ isAllowed: (String) -> Bool)
            throws(ConfigurationError) -> String
        {
            guard let value = members[name] else {
                guard let standard else { throw refuse(name, nil, allowed) }
                return standard
            }
            guard let text = value.string, isAllowed(text) else { throw refuse(name, value, allowed) }
            return text
        }
        var sink = SinkPolicy(
            kind: kind,
            name: try text("name", or: kind.rawValue, "1 to 32 letters, digits, - and _") { isName($0, 32) })
        let isPath: (String) -> Bool = { $0.hasPrefix("/") }
        let isURL: (String) -> Bool = { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        switch kind {
        case .folder: sink.path = try text("path", or: nil, "an absolute path", isPath)
        case .webhook:
            sink.url = try text("url", or: nil, "an http or https URL", isURL)
            sink.secretFile = try text("secret_file", or: "", "an absolute path", isPath)
        case .graphiti:
            sink.url = try text("url", or: nil, "an http or https URL", isURL)
            sink.group = try text("group", or: "holdfast", "1 to 64 letters, digits, - and _") { isName($0, 64) }
            sink.apiKeyFile = try text("api_key_file", or: "", "an absolute path", isPath)
            let protocols = SinkPolicy.Dialect.allCases.map(\.rawValue).joined(separator: ", ")
            let spoken = try text("protocol", or: "rest", protocols) { SinkPolicy.Dialect(rawValue: $0) != nil }
            sink.speaks = SinkPolicy.Dialect(rawValue: spoken) ?? .rest
        }
        return sink
    }

    private static func isName(_ text: String, _ limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                    || byte == 95
            }
    }
}
