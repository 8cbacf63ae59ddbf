/// The name under which an orchestrator continues: `coder/issue-430`, or `dir:/home/dev/project`.
package struct DispatchKey: Hashable, Sendable {
    package static let maximumBytes = 512

    package enum Invalid: Error, Equatable {
        case empty
        case tooLong(bytes: Int)
        case controlCharacter
    }

    package let rawValue: String

    package init(_ text: String) throws(Invalid) {
        guard !text.isEmpty else { throw .empty }
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard !hasControl else { throw .controlCharacter }
        // Cut by the caller of `directory` only: a name that was given is never changed in silence.
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLong(bytes: text.utf8.count) }
        rawValue = text
    }

    /// The key of a project folder; a path that would not fit keeps its end and gets a hash of the whole.
    /// - Parameter path: absolute, links resolved.
    package static func directory(_ path: String) throws(Invalid) -> DispatchKey {
        let whole = "dir:" + path
        guard whole.utf8.count > maximumBytes else { return try DispatchKey(whole) }
        let head = "dir:\(Checksum.fnv1a(path).hexadecimal):"
        var tail = Substring(path)
        while head.utf8.count + tail.utf8.count > maximumBytes { tail = tail.dropFirst() }
        return try DispatchKey(head + tail)
    }

    /// Of folders, and of what has no key.
    package static let defaultAgent = "default"

    /// Whether somebody named it; otherwise it is that of a folder.
    package var isNamed: Bool { !rawValue.hasPrefix("dir:") }

    /// The part before the first `/`; `default` for folders. Settings per agent hang on it.
    package var agent: String {
        guard isNamed else { return Self.defaultAgent }
        return String(rawValue.prefix { $0 != "/" })
    }
}

extension DispatchKey: CustomStringConvertible {
    package var description: String { rawValue }
}

extension DispatchKey: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension DispatchKey.Invalid: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "a dispatch key may not be empty; name what you continue, such as coder/issue-430"
        case .tooLong(let bytes):
            "a dispatch key has at most \(DispatchKey.maximumBytes) bytes, this one has \(bytes); shorten it"
        case .controlCharacter: "a dispatch key may not hold control characters; remove them"
        }
    }
}
