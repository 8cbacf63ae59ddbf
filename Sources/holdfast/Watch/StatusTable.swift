internal import Operations

/// A status for people: the sentence, then what it is made of, a row each.
struct StatusTable {
    let status: Status

    init(_ status: Status) { self.status = status }

    var text: CleanText {
        let others = status.troubles.dropFirst().map {
            CleanText(line: "  also: \($0.sentence(now: status.observed_at))")
        }
        let table = Table(
            status.rows.map { [CleanText(line: $0.name), CleanText(line: $0.text)] }, indent: 2)
        return .lines([coloured(CleanText(line: status.sentence))] + others + [table.text(width: Terminal.width())])
    }

    /// Green, yellow or red, beside what the words say.
    private func coloured(_ sentence: CleanText) -> CleanText {
        sentence.styled(status.troubles.isEmpty ? .green : status.troubles[0].severity == .warning ? .yellow : .red)
    }
}
