internal import Domain

/// The parser's page on a verb, set for a terminal: paragraphs flow, the usage is wrapped, groups have the names that we
/// gave them. The parser breaks each line of a paragraph by itself, and the usage not at all.
struct HelpPage {
    /// Columns of a terminal on which the parser breaks no line.
    static let unwrapped = 100_000
    /// A page begins so; nothing else that the parser answers does.
    private static let head = "OVERVIEW: "
    private static let groupsEnd = " SUBCOMMANDS:"
    /// Where the texts behind labels begin at the latest.
    private static let column = 26

    private let blocks: [[String]]

    /// - Parameter text: as the parser writes it for a terminal of `unwrapped` columns.
    /// - Returns: nil where it is no page.
    init?(_ text: String) {
        guard text.hasPrefix(Self.head) else { return nil }
        blocks = Self.blocks(of: text.dropFirst(Self.head.count))
    }

    /// - Parameter width: of the terminal; nil where there is none.
    func text(width: Int?) -> String {
        let isRoot = blocks.contains { $0[0].hasSuffix(Self.groupsEnd) }
        let wrap = Self.wrap(width)
        let shown = blocks.compactMap { block -> String? in
            let title = block[0]
            if title.hasPrefix("USAGE: ") { return Self.usage(title, wrap) }
            // Says how to ask for what is asked already.
            if title.hasPrefix("  See '"), !isRoot { return nil }
            guard title.hasSuffix(":"), title == title.uppercased() else { return Self.flow(block, wrap) }
            let name = title.hasSuffix(Self.groupsEnd) ? title.dropLast(Self.groupsEnd.count) + ":" : title[...]
            // The version is the program's, and stands on its own page.
            let rows = Self.rows(block.dropFirst()).filter { isRoot || $0.label != "--version" }
            return Self.block(String(name), rows, width: width)
        }
        return shown.joined(separator: "\n\n")
    }

    /// Where no terminal says how wide it is, 80 columns; long lines are hard to read.
    private static func wrap(_ width: Int?) -> LineWrap { LineWrap(width: min(width ?? 80, 100)) }

    private static func blocks(of text: some StringProtocol) -> [[String]] {
        text.split(separator: "\n", omittingEmptySubsequences: false).split(whereSeparator: \.isEmpty)
            .map { lines in lines.map { String($0) } }
    }

    /// Labels under a title, with their texts below each other.
    static func block(_ title: String, _ rows: [(label: String, text: String)], width: Int?) -> String {
        let wrap = wrap(width)
        let column = min(column, (rows.map(\.label.count).max() ?? 0) + 4)
        let set = rows.map { label, text in
            let text = wrap.wrapped(text, behind: column, indent: column)
            return label.count + 4 > column ? "  \(label)\n\(text)" : "  \(label)" + text.dropFirst(label.count + 2)
        }
        return ([title] + set).joined(separator: "\n")
    }

    /// The parser's rows: a label, and from a column on its text, which stands on the next line where the label is long.
    private static func rows(_ lines: some Sequence<String>) -> [(label: String, text: String)] {
        var rows: [(label: String, text: String)] = []
        for line in lines {
            let label = line.prefix(column).drop { $0 == " " }
            if label.isEmpty, !rows.isEmpty {
                rows[rows.count - 1].text = String(line.dropFirst(column))
            } else if line.count > column, !label.hasSuffix(" ") {
                rows.append((String(line.drop { $0 == " " }), ""))
            } else {
                let end = label.lastIndex { $0 != " " }
                rows.append((end.map { String(label[...$0]) } ?? "", String(line.dropFirst(column))))
            }
        }
        return rows
    }

    /// Paragraphs; a line that stands in stays one.
    static func flow(_ text: String, width: Int?) -> String {
        let wrap = wrap(width)
        return blocks(of: text).map { flow($0, wrap) }.joined(separator: "\n\n")
    }

    private static func flow(_ block: [String], _ wrap: LineWrap) -> String {
        var lines: [String] = []
        for line in block {
            if let last = lines.last, !line.hasPrefix(" "), !last.hasPrefix(" ") {
                lines[lines.count - 1] = last + " " + line
            } else {
                lines.append(line)
            }
        }
        return wrap.lines(of: lines.joined(separator: "\n"))
    }

    /// What stands in brackets stays on a line.
    static func usage(_ line: String, _ wrap: LineWrap) -> String {
        var depth = 0
        // A blank that does not break, meanwhile.
        let bound = line.map { character -> Character in
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            return character == " " && depth > 0 ? "\u{a0}" : character
        }
        return String(wrap.wrapped(String(bound), indent: 7).map { $0 == "\u{a0}" ? " " : $0 })
    }
}
