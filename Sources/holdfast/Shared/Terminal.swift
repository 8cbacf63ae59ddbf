internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Platform
internal import Settings

/// A verb prints by `Terminal`: what Redis, a transcript or an error says would steer the terminal otherwise.
@available(*, unavailable, message: "say it by Terminal, which shows what would steer a terminal")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// All that commands print goes through here, whoever wrote it: what steers a terminal or turns the direction of writing is
/// shown, not obeyed. What does is added here too, to text that is clean by then.
enum Terminal {
    /// One line on stderr.
    static func complain(_ message: String) {
        write(CleanText(line: "holdfast: \(message)"), to: STDERR_FILENO)
    }

    /// Lines on stderr, without a name before them.
    static func warn(_ text: String) { write(CleanText(text), to: STDERR_FILENO) }

    /// One line on stdout, whatever is in it.
    static func say(_ line: String) { write(CleanText(line: line)) }

    /// Lines on stdout; a line break is added where the last has none.
    static func show(_ text: String) {
        if !text.isEmpty { write(CleanText(text.hasSuffix("\n") ? String(text.dropLast()) : text)) }
    }

    static func show(_ text: CleanText) { write(text) }

    /// A value as JSON, keys sorted, on stdout.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        write(CleanText(json: try encoder.encode(value)))
    }

    /// The same on one line.
    /// - Throws: when nobody reads any more.
    static func printJSONLine(_ value: some Encodable, to stream: Int32 = STDOUT_FILENO) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try put(CleanText(json: try encoder.encode(value)), to: stream)
    }

    /// One line at once, also into a pipe.
    /// - Throws: when nobody reads any more.
    static func printLine(_ line: String) throws { try put(CleanText(line: line), to: STDOUT_FILENO) }

    /// One line that is JSON already.
    /// - Throws: when nobody reads any more.
    static func printLine(json: String) throws { try put(CleanText(json: json.utf8), to: STDOUT_FILENO) }

    /// What a filter makes of its input: byte for byte into a file or a pipe, clean to a person.
    static func pass(_ bytes: [UInt8]) throws {
        if isOutput { return write(CleanText(String(decoding: bytes, as: UTF8.self))) }
        try Files.write(bytes[...], to: STDOUT_FILENO, named: "stdout")
    }

    /// Draws lines in place of those before, without flicker: home, and clear what is behind each line and below.
    static func redraw(_ text: CleanText) throws {
        let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false)
        let drawn = "\u{1b}[H" + lines.map { $0 + "\u{1b}[K\n" }.joined() + "\u{1b}[J" + "q ends\u{1b}[K"
        try Files.write(Array(drawn.utf8)[...], to: STDOUT_FILENO, named: "stdout")
    }

    /// A line on stderr in place of the one before.
    fileprivate static func replaceLine(_ text: String) {
        try? Files.write(Array("\r\(VisibleText.line(text))\u{1b}[K".utf8)[...], to: STDERR_FILENO, named: "stderr")
    }

    /// Nobody is left to hear of a stream that is closed.
    private static func write(_ text: CleanText, to stream: Int32 = STDOUT_FILENO) { try? put(text, to: stream) }

    private static func put(_ text: CleanText, to stream: Int32) throws(FileError) {
        try Files.write(
            Array((text.text + "\n").utf8)[...], to: stream, named: stream == STDERR_FILENO ? "stderr" : "stdout")
    }

    /// Whether who reads can see colours: a terminal, and no wish to go without (<https://no-color.org>).
    /// Whether a person reads along.
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    static var hasColour: Bool {
        let environment = Settings.processEnvironment
        return isOutput && environment["NO_COLOR"]?.isEmpty ?? true && environment["TERM"] != "dumb"
    }

    static func printTable(_ rows: [[String]]) {
        let rows = rows.map { $0.map(VisibleText.line) }
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (column, cell) in row.enumerated() {
                if column < widths.count {
                    widths[column] = max(widths[column], cell.count)
                } else {
                    widths.append(cell.count)
                }
            }
        }
        let lines = rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }
        if !lines.isEmpty { show(lines.joined(separator: "\n")) }
    }

    /// `2.9 %`
    static func percent(_ part: Int64, _ whole: Int64) -> String {
        let tenths = whole > 0 ? part * 1000 / whole : 0
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// `2.9 MB`
    static func bytes(_ count: Int64) -> String {
        let units = [(Int64(1) << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")]
        guard let (unit, name) = units.first(where: { count >= $0.0 }) else { return "\(count) bytes" }
        let tenths = count / unit * 10 + count % unit * 10 / unit
        return "\(tenths / 10).\(tenths % 10) \(name)"
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
        Terminal.replaceLine("\(title) \(bar) \(done)/\(total)")
    }

    func clear() {
        if isShown { Terminal.replaceLine("") }
    }
}
