package import Domain

/// `tools.json`: what is done where a tool fails, by tool or pattern.
extension ToolPolicies {
    /// - Throws: `ConfigurationError` for what is no setting, or not allowed.
    package init(_ json: JSONValue, from place: String) throws(ConfigurationError) {
        self.init()
        guard case .object(let members) = json else {
            throw ConfigurationError(place: place, value: json.text, allowed: "allowed: an object")
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard name == "tools" else {
                throw ConfigurationError(place: place, setting: name, value: "no setting", allowed: "known: tools")
            }
            guard case .object(let tools) = value else {
                throw ConfigurationError(place: place, setting: name, value: value.text, allowed: "allowed: an object")
            }
            for (tool, policy) in tools.sorted(by: { $0.key < $1.key }) {
                named[tool] = try Self.policy(policy, of: tool, from: place)
            }
        }
    }

    private static func policy(
        _ json: JSONValue, of tool: String, from place: String
    ) throws(ConfigurationError) -> ToolPolicy {
        let path = "tools.\(tool)"
        guard ToolName(rawValue: tool.split(separator: "*").joined(separator: "a")) != nil || tool == "*" else {
            throw ConfigurationError(
                place: place, setting: path, value: "no name of a tool",
                allowed: "allowed: letters, digits and _-.:/@, with * for any of them")
        }
        guard case .object(let members) = json else {
            throw ConfigurationError(place: place, setting: path, value: json.text, allowed: "allowed: an object")
        }
        // What is not said of it is as of any tool.
        var policy = ToolName(rawValue: tool).map { ToolPolicies.standard[$0] } ?? ToolPolicy()
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let member = Self.members[name] else {
                throw ConfigurationError(
                    place: place, setting: "\(path).\(name)", value: "no setting",
                    allowed: "known: \(Self.members.keys.sorted().joined(separator: ", "))")
            }
            guard member.apply(value, &policy) else {
                throw ConfigurationError(
                    place: place, setting: "\(path).\(name)", value: value.text, allowed: "allowed: \(member.allowed)")
            }
        }
        return policy
    }

    private struct Member: Sendable {
        var allowed: String
        var apply: @Sendable (JSONValue, inout ToolPolicy) -> Bool
    }

    private static let members: [String: Member] = [
        "max_retries": whole(0...100) { $0.maxRetries = $1 },
        "delay_seconds": number(0...3600) { $0.delayMilliseconds = Int64($1 * 1000) },
        "backoff": number(1...10) { $0.backoff = $1 },
        "unavailable_after": whole(1...1000) { $0.unavailableAfter = $1 },
        "retry_after_seconds": number(1...86_400) { $0.retryAfterMilliseconds = Int64($1 * 1000) },
        "fallback": Member(allowed: "a text of 2000 characters at most") { value, policy in
            guard case .string(let text) = value, text.count <= 2000 else { return false }
            policy.fallback = text
            return true
        },
    ]

    private static func whole(
        _ range: ClosedRange<Int64>, _ set: @escaping @Sendable (inout ToolPolicy, Int64) -> Void
    ) -> Member {
        Member(allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)") { value, policy in
            guard let number = value.wholeNumber, range.contains(number) else { return false }
            set(&policy, number)
            return true
        }
    }

    private static func number(
        _ range: ClosedRange<Double>, _ set: @escaping @Sendable (inout ToolPolicy, Double) -> Void
    ) -> Member {
        Member(allowed: "a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))") { value, policy in
            guard case .number(let number) = value, range.contains(number) else { return false }
            set(&policy, number)
            return true
        }
    }
}

extension ToolPolicies {
    /// `tools.json` at its default: each value stands there as a comment, since what the file says hides later defaults.
    package static let annotatedFile: String = {
        var lines = [
            "// What is done where a tool fails, by its name or by a pattern with *; what is not said is as built in.",
            "// max_retries, delay_seconds and backoff are for 'holdfast retry'; unavailable_after failures in a row make a",
            "// tool unavailable, and retry_after_seconds later it is tried again. fallback is told in its place and may name",
            "// \(ToolFallback.names.map { "{\($0)}" }.joined(separator: ", ")).", "{", "  \"tools\": {",
        ]
        let tools = standard.named.sorted { $0.key < $1.key }
        for (name, policy) in tools {
            lines.append(
                "    // \(JSONValue.string(name).text): \(policy.json.text)\(name == tools.last?.key ? "" : ",")")
        }
        return (lines + ["  }", "}", ""]).joined(separator: "\n")
    }()
}

extension ToolPolicy {
    /// As `tools.json` says it.
    fileprivate var json: JSONValue {
        .object([
            "max_retries": .number(Double(maxRetries)), "delay_seconds": .number(Double(delayMilliseconds) / 1000),
            "backoff": .number(backoff), "unavailable_after": .number(Double(unavailableAfter)),
            "retry_after_seconds": .number(Double(retryAfterMilliseconds) / 1000), "fallback": .string(fallback),
        ])
    }
}

extension Settings {
    /// What is done where a tool fails; read when it is asked for, since most who start have no use for it.
    package func toolPolicies() throws(ConfigurationError) -> ToolPolicies {
        let place = configFolder + "/tools.json"
        guard let file = try ConfigurationFile.read(place) else { return ToolPolicies() }
        return try ToolPolicies(file.json, from: place)
    }
}
