internal import Domain

/// How the server names itself.
package struct ServerIdentity: Sendable {
    package let name: String
    package let title: String
    package let version: String
    package let instructions: String

    package init(name: String, title: String, version: String, instructions: String) {
        self.name = name
        self.title = title
        self.version = version
        self.instructions = instructions
    }

    /// The result of `initialize`.
    func greeting(in version: ProtocolVersion) -> JSONValue {
        var info: [String: JSONValue] = ["name": .string(name), "version": .string(self.version)]
        if version.hasTitles { info["title"] = .string(title) }
        return [
            "protocolVersion": .string(version.rawValue),
            "capabilities": ["tools": ["listChanged": false]],
            "serverInfo": .object(info),
            "instructions": .string(instructions),
        ]
    }
}
