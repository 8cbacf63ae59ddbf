internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Platform
internal import Settings

/// What commands print.
enum Terminal {
    /// One line on stderr.
    static func complain(_ message: String) {
        write("holdfast: \(message)\n")
    }

    /// On stderr, as it is.
    static func write(_ text: String) {
        // Nobody is left to hear of a stderr that is closed.
        try? Files.write(Array(text.utf8)[...], to: STDERR_FILENO, named: "stderr")
    }

    /// A value as JSON, keys sorted, on stdout.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// The same on one line.
    static func printJSONLine(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try printLine(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// At once, also into a pipe.
    static func printLine(_ line: String) throws {
        try Files.write(Array((line + "\n").utf8)[...], to: STDOUT_FILENO, named: "stdout")
    }

    /// Whether who reads can see colours: a terminal, and no wish to go without (<https://no-color.org>).
    static var hasColour: Bool {
        let environment = Settings.processEnvironment
        return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"]?.isEmpty ?? true && environment["TERM"] != "dumb"
    }

    static func printTable(_ rows: [[String]]) {
        let rows = rows.map { $0.map(plain) }
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (column, cell) in row.enumerated() {
                if column < widths.count {
                    widths[column] = max(widths[column], cell.count)
                } else {
                    widths.append(cell.count)
                }
            }
        }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            print(cells.joined(separator: "  "))
        }
    }

    /// Text of a session as it may be shown on a line.
    static func plain(_ text: String) -> String { VisibleText.line(text) }

    /// `2.9 %`
    static func percent(_ part: Int64, _ whole: Int64) -> String {
        let tenths = whole > 0 ? part * 1000 / whole : 0
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// `4 min ago`, for people.
    static func ago(_ milliseconds: Int64?, now: Int64 = HostClock.wallMilliseconds) -> String {
        milliseconds.map { Timestamp($0).ago(Timestamp(now)) } ?? "never"
    }
}

/// A line on stderr that says how far something is, where stderr is a terminal.
struct ProgressBar {
    private let title: String
    private let isShown: Bool

    init(_ title: String, isShown: Bool) {
        self.title = title
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    func show(_ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let filled = 30 * done / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        Terminal.write("\r\(title) \(bar) \(done)/\(total)\u{1b}[K")
    }

    func clear() {
        if isShown { Terminal.write("\r\u{1b}[K") }
    }
}
