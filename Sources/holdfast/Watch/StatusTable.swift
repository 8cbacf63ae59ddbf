internal import Operations

/// A status for people: the sentence, then what it is made of, a row each.
struct StatusTable {
    let status: Status
    let hasColour: Bool

    init(_ status: Status, hasColour: Bool) {
        self.status = status
        self.hasColour = hasColour
    }

    var text: CleanText {
        let others = status.troubles.dropFirst().map {
            CleanText(line: "  also: \($0.sentence(now: status.observed_at))")
        }
        let table = status.rows.map { row in
            CleanText(line: "  \(row.name)\(String(repeating: " ", count: 12 - row.name.count))\(row.text)")
        }
        return .lines([coloured(CleanText(line: status.sentence))] + others + table)
    }

    /// Green, yellow or red, beside what the words say.
    private func coloured(_ sentence: CleanText) -> CleanText {
        guard hasColour else { return sentence }
        return sentence.coloured(
            status.troubles.isEmpty ? .green : status.troubles[0].severity == .warning ? .yellow : .red)
    }
}
