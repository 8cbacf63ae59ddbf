/// What an agent calls, or what we call ourselves: `Bash`, `mcp__crowdstrike__search`, `crowdstrike`.
package struct ToolName: RawRepresentable, Hashable, Sendable, Comparable, Codable {
    package let rawValue: String

    package static let longest = 128

    /// - Returns: nil for what is not 1 to 128 letters, digits and `_-.:/@`: it names a key of Redis.
    package init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...Self.longest).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.rawValue = rawValue
    }

    private static let ownMark = "holdfast:"

    /// What we call ourselves: `holdfast:anthropic`, `holdfast:webhook`, `holdfast:second-copy`, `holdfast:sink-graphiti`.
    package init?(own name: String) { self.init(rawValue: Self.ownMark + String(name.map { $0 == " " ? "-" : $0 })) }

    package var isOwn: Bool { rawValue.hasPrefix(Self.ownMark) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-.:/@".utf8.contains(byte)
        }
    }

    /// The MCP server whose tool it is, as `mcp__<server>`; nil for another tool.
    package var server: ToolName? {
        let bytes = Array(rawValue.utf8), mark = Array("mcp__".utf8), line = UInt8(ascii: "_")
        guard bytes.starts(with: mark) else { return nil }
        let rest = bytes[mark.count...]
        let end = rest.indices.dropLast().first { rest[$0] == line && rest[$0 + 1] == line }
        guard let end, end > mark.count else { return nil }
        return ToolName(rawValue: String(decoding: bytes[..<end], as: UTF8.self))
    }

    package static func < (one: ToolName, other: ToolName) -> Bool { one.rawValue < other.rawValue }
}

extension ToolName: CustomStringConvertible {
    package var description: String { rawValue }
}
