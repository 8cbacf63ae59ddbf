internal import Operations

/// A status for people: the sentence, then what it is made of, a row each.
struct StatusTable {
    let status: Status
    let hasColour: Bool

    init(_ status: Status, hasColour: Bool) {
        self.status = status
        self.hasColour = hasColour
    }

    var text: String {
        let others = status.troubles.dropFirst().map {
            "  also: \(Terminal.plain($0.sentence(now: status.observed_at)))"
        }
        let table = status.rows.map { row in
            "  \(row.name)\(String(repeating: " ", count: 12 - row.name.count))\(Terminal.plain(row.text))"
        }
        return ([coloured(Terminal.plain(status.sentence))] + others + table).joined(separator: "\n")
    }

    /// Green, yellow or red, beside what the words say.
    private func coloured(_ sentence: String) -> String {
        guard hasColour else { return sentence }
        let colour = status.troubles.isEmpty ? 32 : status.troubles[0].severity == .warning ? 33 : 31
        return "\u{1b}[1;\(colour)m\(sentence)\u{1b}[0m"
    }
}
