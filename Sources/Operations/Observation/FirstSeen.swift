internal import Platform
internal import Settings

/// Since when there has been a trouble whose beginning nothing else tells: a file, `STATE/troubles`, a line each with its
/// kind and when somebody on this host saw it first, ms. The companion looks each minute.
struct FirstSeen: Sendable {
    private let path: String

    init(_ state: StateFolder) { path = state.troubles }

    /// The troubles, each with its beginning. Those that are over are forgotten.
    func dated(_ troubles: [Trouble], now: Timestamp) -> [Trouble] {
        let known = read()
        var kept: [String: Int64] = [:]
        let dated = troubles.map { trouble in
            guard trouble.since == nil else { return trouble }
            let kind = trouble.kind.rawValue
            // A time ahead of us was written by a clock that has been set back.
            let first = known[kind].flatMap { $0 <= now.milliseconds ? $0 : nil } ?? now.milliseconds
            kept[kind] = first
            var trouble = trouble
            trouble.since = Timestamp(first)
            return trouble
        }
        if kept != known { write(kept) }
        return dated
    }

    private func read() -> [String: Int64] {
        // No file: no trouble so far.
        let lines = ((try? Files.read(path, limit: 1 << 16)) ?? "").split(separator: "\n")
        return lines.reduce(into: [:]) { known, line in
            let words = line.split(separator: " ")
            if words.count == 2, let time = Int64(words[1]) { known[String(words[0])] = time }
        }
    }

    /// On a full disk nobody remembers; the next to look begins anew.
    private func write(_ known: [String: Int64]) {
        guard !known.isEmpty else { return Files.remove(path) }
        let lines = known.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
        try? Files.write(lines.joined(), to: path)
    }
}
