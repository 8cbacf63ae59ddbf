/// What the lines below one that was read are judged by: the block or table that it began, the codes that it announced,
/// the command that reads them.
struct Layout {
    /// What was found ahead of the pass.
    var ahead: FoundAhead
    var block: BlockScalar?
    private var table: Table?
    private var codes: CodeList?
    private var document: HereDocument?
    /// As far as was looked for headings: once a line.
    private var headingsEnd = 0
    private var inputsEnd = 0

    init(ahead: FoundAhead) {
        self.ahead = ahead
    }

    /// - Parameter newline: where a line ends; the next one is judged.
    mutating func endLine(_ text: inout ScannedText, at newline: Int) {
        guard block != nil || table != nil || codes != nil || document != nil else { return }
        let line = TextLine(&text, from: newline + 1)
        var found: [Finding] = []
        if var block {
            let taken = block.take(&text, line)
            self.block = taken == nil ? nil : block
            found += taken ?? []
        }
        if let table, newline >= table.end {
            let taken = table.take(&text, line)
            if taken == nil { self.table = nil }
            found += taken ?? []
        }
        if var codes {
            let taken = codes.take(&text, line)
            self.codes = taken == nil ? nil : codes
            found += taken ?? []
        }
        if var document {
            let taken = document.take(&text, line)
            self.document = taken == nil ? nil : document
            found += taken ?? []
        }
        for finding in found.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) { ahead.add(finding) }
    }

    /// - Parameter word: a word that names a secret.
    mutating func heading(_ text: inout ScannedText, at word: Int) {
        guard table == nil, word >= headingsEnd, Table.mayEndCell(&text, after: word) else { return }
        table = Table(&text, headingAround: word)
        headingsEnd = text.end(of: .line, from: word)
    }

    /// - Parameter word: a word like `code`.
    mutating func code(_ text: inout ScannedText, at word: Int) -> Finding? {
        let (finding, list) = OneTimeCodes.find(&text, at: word)
        guard var list else { return finding }
        // The rest of the line may hold the first of them.
        let end = text.end(of: .line, from: word)
        let rest = min(text.end(of: .word, from: word), end)..<end
        for code in list.take(&text, TextLine(alone: rest)) ?? [] { ahead.add(code) }
        codes = list
        return nil
    }

    /// - Parameter command: at a command which may read a password.
    mutating func input(_ text: inout ScannedText, at command: Int) {
        guard command >= inputsEnd, PipedPasswords.mayRead(text, at: command) else { return }
        inputsEnd = command + 16
        if let finding = PipedPasswords.findHereString(&text, at: command) {
            ahead.add(finding)
        } else if let document = PipedPasswords.findHereDocument(&text, at: command) {
            self.document = document
        }
    }
}

/// Findings ahead of the pass: those of a look at the whole text, and those of lines below what announced them. They go
/// before what is found in passing.
struct FoundAhead {
    private let known: [Finding]
    private var later: [Finding] = []
    private var nextKnown = 0
    private var nextLater = 0

    /// - Parameter known: in order.
    init(_ known: [Finding]) {
        self.known = known
    }

    /// Where the next one begins; beyond any text when there is none.
    var start: Int {
        min(
            nextKnown < known.count ? known[nextKnown].range.lowerBound : .max,
            nextLater < later.count ? later[nextLater].range.lowerBound : .max)
    }

    /// Adds one behind all that were added; what overlaps is found once.
    mutating func add(_ finding: Finding) {
        if finding.range.lowerBound >= later.last?.range.upperBound ?? 0 { later.append(finding) }
    }

    mutating func removeFirst() -> Finding {
        if nextKnown < known.count, known[nextKnown].range.lowerBound == start {
            nextKnown += 1
            return known[nextKnown - 1]
        }
        nextLater += 1
        return later[nextLater - 1]
    }
}
