/// A table with a column of secrets: of Markdown or a database's prompt, of CSV, or with blanks between its columns.
struct Table {
    private enum Delimiter {
        case bar, box, tab, semicolon, comma, blanks
    }

    private struct Column {
        var index: Int
        /// Where it begins in its line: the columns of a table with blanks stand below each other.
        var offset: Int
        var name: SecretName
        var words: SecretName.Words
    }

    /// Behind the heading.
    let end: Int
    private let delimiter: Delimiter
    /// How many cells the heading has.
    private var width = 0
    private var columns: [Column] = []

    private static let longestLine = 1024
    private static let mostCells = 32
    private static let longestName = 40

    /// - Parameter word: a word that names a secret, in what may be the heading.
    init?(_ text: inout ScannedText, headingAround word: Int) {
        guard let line = TextLine(&text, around: word),
            line.content.count <= Self.longestLine, let delimiter = Self.delimiter(text, line.content)
        else { return nil }
        self.delimiter = delimiter
        end = line.range.upperBound
        let cells = Self.cells(text, line.content, delimiter)
        guard cells.filter({ !$0.isEmpty }).count > 1 else { return nil }
        for (index, cell) in cells.enumerated() {
            guard cell.count <= Self.longestName, cell.allSatisfy({ Self.isOfHeading(text[$0]) }) else { return nil }
            let words = SecretName.Words(text, cell)
            guard !cell.isEmpty, let name = SecretName(words), name.isSecret else { continue }
            let offset = cell.lowerBound - line.range.lowerBound
            columns.append(Column(index: index, offset: offset, name: name, words: words))
        }
        if columns.isEmpty || isOfValues && (line.indent > 0 || cells.last?.isEmpty == true) { return nil }
        width = cells.count
    }

    /// Judges the next line.
    /// - Returns: nil for the line behind the table.
    func take(_ text: inout ScannedText, _ line: TextLine) -> [Finding]? {
        guard !line.isBlank else { return nil }
        if line.content.prefix(Self.longestLine).allSatisfy({ Self.isRule(text[$0]) }) { return [] }
        guard line.content.count <= Self.longestLine else { return nil }
        let cells = Self.cells(text, line.content, delimiter)
        guard cells.count > 1, !isOfValues || cells.count == width && line.indent == 0 else { return nil }
        return columns.compactMap { column -> Finding? in
            let cell: Range<Int>?
            if case .blanks = delimiter {
                cell = cells.first { $0.lowerBound - line.range.lowerBound == column.offset }
            } else {
                cell = column.index < cells.count ? cells[column.index] : nil
            }
            guard let cell, !cell.contains(where: { text[$0].isBlank }) else { return nil }
            return NamedSecrets.judge(&text, AssignedValue(alone: cell), column.name, column.words)
        }
    }

    /// Comma or semicolon: those are in programs and prose as well, where no two lines are alike.
    private var isOfValues: Bool {
        switch delimiter {
        case .comma, .semicolon: true
        case .bar, .box, .tab, .blanks: false
        }
    }

    /// `| DB_PASSWORD | value |`, `password | value`: a name and its value side by side.
    /// - Parameter bar: the one between them.
    static func pair(_ text: inout ScannedText, at bar: Int) -> Finding? {
        var start = bar
        while start > 0, !text[start - 1].isLineEnd, text[start - 1] != UInt8(ascii: "|") {
            guard bar - start < longestName * 2 else { return nil }
            start -= 1
        }
        let cell = trimmed(text, start..<bar)
        guard !cell.isEmpty, cell.count <= longestName, cell.allSatisfy({ isOfHeading(text[$0]) }) else { return nil }
        let words = SecretName.Words(text, cell)
        guard let name = SecretName(words), name.isSecret else { return nil }
        var value = text.skippingBlanks(bar + 1)
        while value - bar < 40, isOrnament(text[value]) { value += 1 }
        var close = text.end(of: .unquoted, from: value)
        if let next = (value..<close).prefix(512).first(where: { text[$0] == UInt8(ascii: "|") }) { close = next }
        var after = close
        while after - close < 8, isOrnament(text[after]) { after += 1 }
        after = text.skippingBlanks(after)
        guard value < close, text[after] == UInt8(ascii: "|") || text[after].isLineEnd || after >= text.count else {
            return nil
        }
        return NamedSecrets.judge(&text, AssignedValue(alone: value..<close), name, words)
    }

    /// Whether something stands behind a word as behind the name of a column.
    static func mayEndCell(_ text: inout ScannedText, after word: Int) -> Bool {
        var at = text.end(of: .dotted, from: word)
        guard at - word <= longestName else { return false }
        var ornaments = 0
        while ornaments < 4, isOrnament(text[at]) {
            at += 1
            ornaments += 1
        }
        let next = text.skippingBlanks(at)
        switch text[next] {
        case UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: ";"), 0xE2, .newline, 13: return true
        case 0: return next >= text.count
        default: return next - at > 1 || text[at] == .tab
        }
    }

    private static func delimiter(_ text: ScannedText, _ line: Range<Int>) -> Delimiter? {
        var found: (bar: Bool, box: Bool, tab: Bool, semicolon: Bool, comma: Bool, blanks: Bool) =
            (false, false, false, false, false, false)
        for index in line {
            switch text[index] {
            case UInt8(ascii: "|"): found.bar = true
            case 0xE2 where isBox(text, index): found.box = true
            case .tab: found.tab = true
            case UInt8(ascii: ";"): found.semicolon = true
            case UInt8(ascii: ","): found.comma = true
            case .blank: found.blanks = found.blanks || text[index + 1] == .blank
            default: break
            }
        }
        if found.bar { return .bar }
        if found.box { return .box }
        if found.tab { return .tab }
        if found.semicolon { return .semicolon }
        if found.comma { return .comma }
        return found.blanks ? .blanks : nil
    }

    /// `│`, `┃`, `║`.
    private static func isBox(_ text: ScannedText, _ at: Int) -> Bool {
        guard text[at] == 0xE2 else { return false }
        return text[at + 1] == 0x94
            ? text[at + 2] == 0x82 || text[at + 2] == 0x83
            : text[at + 1] == 0x95 && text[at + 2] == 0x91
    }

    private static func cells(_ text: ScannedText, _ line: Range<Int>, _ delimiter: Delimiter) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        var at = start
        var quote: UInt8 = 0
        func end(_ length: Int) {
            cells.append(trimmed(text, start..<at))
            start = at + length
            at = start
        }
        while at < line.upperBound, cells.count < mostCells {
            let byte = text[at]
            if byte == quote {
                quote = 0
            } else if at == start, byte == .quote {
                quote = byte
            } else if quote == 0 {
                switch delimiter {
                case .bar where byte == UInt8(ascii: "|"), .tab where byte == .tab,
                    .semicolon where byte == UInt8(ascii: ";"), .comma where byte == UInt8(ascii: ","):
                    end(1)
                    continue
                case .box where isBox(text, at):
                    end(3)
                    continue
                case .blanks where byte == .blank && text[at + 1] == .blank:
                    var next = at
                    while next < line.upperBound, text[next] == .blank { next += 1 }
                    end(next - at)
                    continue
                default: break
                }
            }
            at += 1
        }
        at = line.upperBound
        if start <= at { cells.append(trimmed(text, start..<at)) }
        return cells
    }

    private static func trimmed(_ text: ScannedText, _ cell: Range<Int>) -> Range<Int> {
        var cell = cell
        while let first = cell.first, text[first].isBlank || isOrnament(text[first]) { cell.removeFirst() }
        while let last = cell.last, text[last].isBlank || isOrnament(text[last]) { cell.removeLast() }
        return cell
    }

    private static func isOrnament(_ byte: UInt8) -> Bool { byte.isQuote || byte == UInt8(ascii: "*") }

    private static func isOfHeading(_ byte: UInt8) -> Bool {
        Alphabet.dotted.contains(byte) || byte == .blank || byte == .slash
    }

    /// `---|:---:`, `----+----`, and the same in box drawing.
    private static func isRule(_ byte: UInt8) -> Bool {
        switch byte {
        case .dash, UInt8(ascii: "+"), UInt8(ascii: "|"), .colon, .equals, .blank, 0xE2, 0x94, 0x95, 0x80...0xBF: true
        default: false
        }
    }
}
