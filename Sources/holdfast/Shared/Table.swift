internal import Domain

/// Rows whose cells stand below each other. Where a terminal is too narrow the last column wraps, and what finds no room
/// beside the others goes on lines below, a little in.
struct Table {
    private let rows: [[CleanText]]
    private let indent: Int

    private static let gap = 2
    /// A last column with less room than this wraps to lines that nobody likes to read.
    private static let leastRoom = 24

    /// - Parameter head: the columns' names; none for a table that has none.
    init(_ rows: [[CleanText]], head: [String] = [], indent: Int = 0) {
        self.rows = (head.isEmpty ? [] : [head.map { CleanText(line: $0).styled(.bold) }]) + rows
        self.indent = indent
    }

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameter width: of the terminal; nil where a program reads.
    func text(width: Int?) -> CleanText {
        let widths = widths
        let lines = Self.lines(of: widths, indent: indent, width: width)
        return .lines(rows.flatMap { row in lines.map { line(of: row, $0, widths, width) } })
    }

    private var widths: [Int] {
        rows.reduce(into: []) { widths, row in
            for (column, cell) in row.enumerated() {
                if column < widths.count {
                    widths[column] = max(widths[column], cell.columns)
                } else {
                    widths.append(cell.columns)
                }
            }
        }
    }

    /// Which columns stand on which line of a row, and how far each line stands in.
    private static func lines(of widths: [Int], indent: Int, width: Int?) -> [(columns: Range<Int>, indent: Int)] {
        var lines: [(columns: Range<Int>, indent: Int)] = []
        var (begin, from, taken) = (0, indent, indent)
        for (column, own) in widths.enumerated() {
            let needed = column == widths.count - 1 ? min(own, leastRoom) : own
            if let width, column > begin, taken + needed > width {
                lines.append((begin..<column, from))
                (begin, from, taken) = (column, indent + 4, indent + 4)
            }
            taken += own + gap
        }
        return lines + [(begin..<widths.count, from)]
    }

    private func line(
        of row: [CleanText], _ part: (columns: Range<Int>, indent: Int), _ widths: [Int], _ width: Int?
    ) -> CleanText {
        var line = CleanText.blanks(part.indent), taken = part.indent
        for column in part.columns where column < row.count {
            let cell = row[column]
            guard column < part.columns.upperBound - 1, column < row.count - 1 else {
                return line + cell.wrapped(LineWrap(width: width), behind: taken)
            }
            line = line + cell + .blanks(widths[column] - cell.columns + Self.gap)
            taken += widths[column] + Self.gap
        }
        return line
    }
}
