internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Platform
internal import Settings
internal import Synchronization

/// A verb prints by `Terminal`: what Redis, a transcript or an error says would steer the terminal otherwise.
@available(*, unavailable, message: "say it by Terminal, which shows what would steer a terminal")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// All that commands print goes through here, whoever wrote it: what steers a terminal or turns the direction of writing is
/// shown, not obeyed. What does is added here too, to text that is clean by then.
enum Terminal {
    /// The wish of who called; see `hasColour`.
    static let colour = Mutex(ColourWish.auto)

    /// One line on stderr.
    static func complain(_ message: String) {
        write(CleanText(line: "holdfast:").styled(.red) + CleanText(line: " \(message)"), to: STDERR_FILENO)
    }

    /// Lines on stderr, without a name before them.
    static func warn(_ text: String) { write(CleanText(text), to: STDERR_FILENO) }

    /// One line on stdout, whatever is in it.
    static func say(_ line: String) { write(CleanText(line: line)) }

    /// Lines on stdout; a line break is added where the last has none.
    /// - Parameter wraps: false for what has its own lines, and is more than a terminal's width perhaps.
    static func show(_ text: String, wraps: Bool = true) {
        if !text.isEmpty { show(CleanText(text.hasSuffix("\n") ? String(text.dropLast()) : text), wraps: wraps) }
    }

    static func show(_ text: CleanText, wraps: Bool = true) { write(text, wraps: wraps) }

    /// A value as JSON, keys sorted, on stdout.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        write(CleanText(json: try encoder.encode(value)), wraps: false)
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
        if isTerminal { return write(CleanText(String(decoding: bytes, as: UTF8.self)), wraps: false) }
        try Files.write(bytes[...], to: STDOUT_FILENO, named: "stdout")
    }

    /// Draws lines in place of those before, without flicker: home, and clear what is behind each line and below.
    static func redraw(_ text: CleanText) throws {
        let lines = text.wrapped(LineWrap(width: width())).text(hasColour: hasColour(on: STDOUT_FILENO))
            .split(separator: "\n", omittingEmptySubsequences: false)
        let drawn = "\u{1b}[H" + lines.map { $0 + "\u{1b}[K\n" }.joined() + "\u{1b}[J" + "q ends\u{1b}[K"
        try Files.write(Array(drawn.utf8)[...], to: STDOUT_FILENO, named: "stdout")
    }

    /// A line on stderr in place of the one before.
    fileprivate static func replaceLine(_ text: String) {
        try? Files.write(Array("\r\(VisibleText.line(text))\u{1b}[K".utf8)[...], to: STDERR_FILENO, named: "stderr")
    }

    /// Nobody is left to hear of a stream that is closed.
    private static func write(_ text: CleanText, to stream: Int32 = STDOUT_FILENO, wraps: Bool = true) {
        try? put(wraps ? text.wrapped(LineWrap(width: width(of: stream))) : text, to: stream)
    }

    private static func put(_ text: CleanText, to stream: Int32) throws(FileError) {
        try Files.write(
            Array((text.text(hasColour: hasColour(on: stream)) + "\n").utf8)[...], to: stream,
            named: stream == STDERR_FILENO ? "stderr" : "stdout")
    }

    /// Whether who reads a stream is to see colours: one rule for all that is printed.
    private static func hasColour(on stream: Int32) -> Bool {
        colour.withLock { $0 }.isFulfilled(isTerminal: isatty(stream) == 1, environment: Settings.processEnvironment)
    }

    /// Whether what is said is read by a person.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// In columns; nil where the stream is no terminal: what a program reads is not broken.
    static func width(of stream: Int32 = STDOUT_FILENO) -> Int? {
        guard isatty(stream) == 1 else { return nil }
        if let wish = Settings.processEnvironment["COLUMNS"].flatMap({ Int($0) }), wish > 0 { return wish }
        var size = winsize()
        guard unsafe ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Of stderr.
    static var errorWidth: Int? { width(of: STDERR_FILENO) }

    static func printTable(_ rows: [[CleanText]], head: [String] = []) {
        let table = Table(rows, head: head)
        if !table.isEmpty { show(table.text(width: width()), wraps: false) }
    }

    static func printTable(_ rows: [[String]], head: [String] = []) {
        printTable(rows.map { $0.map(CleanText.init(line:)) }, head: head)
    }

    /// `2.9 %`
    static func percent(_ part: Int64, _ whole: Int64) -> String {
        let tenths = whole > 0 ? part * 1000 / whole : 0
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// `2.9 MB`
    static func bytes(_ count: Int64) -> String {
        let units = [(Int64(1) << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")]
        guard let (unit, name) = units.first(where: { count >= $0.0 }) else { return counted(count, "byte") }
        let tenths = count / unit * 10 + count % unit * 10 / unit
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }

    /// `4 min ago`, `in 3 h`, `never`: the one form of a time for people. JSON and the log of events say the moment in UTC.
    static func away(_ time: Timestamp?) -> String { time?.away(Timestamp(HostClock.wallMilliseconds)) ?? "never" }

    /// - Parameter text: ISO 8601.
    static func away(_ text: String) -> String { ISOTime.milliseconds(text).map { away(Timestamp($0)) } ?? text }
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
