internal import Domain

/// The drawing of where each byte of the transcripts is.
enum LedgerBar {
    private static let kinds = ["captured", "pending", "excluded", "missing"]

    static func context(_ status: JSONValue) -> [String: JSONValue] {
        let ledger = status.part("ledger")
        var shown: [String: JSONValue] = ["transcripts": .string(Words.count(ledger.figure("transcripts")))]
        for name in ["bytes"] + kinds { shown[name] = .string(Words.size(bytes: ledger.figure(name))) }
        var parts: [JSONValue] = []
        var begin = 0.0
        for kind in kinds where ledger != .null {
            let width = 100 * ledger.figure(kind) / max(1, ledger.figure("bytes"))
            parts.append(.object(["kind": .string(kind), "x": Words.rounded(begin), "width": Words.rounded(width)]))
            begin += width
        }
        return ["ledger_shown": .object(shown), "ledger_parts": .array(parts)]
    }
}
