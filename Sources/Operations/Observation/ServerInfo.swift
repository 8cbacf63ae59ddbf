/// What `INFO` says (<https://redis.io/docs/latest/commands/info/>).
struct ServerInfo {
    private let values: [Substring: Substring]

    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        values = Dictionary(
            lines.compactMap { line in
                line.firstIndex(of: ":").map { (line[..<$0], line[line.index(after: $0)...]) }
            }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> String { String(values[name[...]] ?? "") }
    func number(_ name: String) -> Int64 { Int64(self[name]) ?? 0 }
}
