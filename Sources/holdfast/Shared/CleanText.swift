internal import Domain

/// Text that may be written to a terminal: nothing in it steers one, but for a colour that we have added.
struct CleanText {
    let text: String

    /// Lines stay.
    init(_ text: String) { self.text = VisibleText.of(text) }

    /// A line break is shown too: nobody is to add a line that looks like ours.
    init(line: String) { text = VisibleText.line(line) }

    /// The same value, for programs.
    init(json: some Sequence<UInt8>) { text = VisibleText.json(String(decoding: Array(json), as: UTF8.self)) }

    private init(clean text: String) { self.text = text }

    enum Colour: Int { case red = 31, green, yellow }

    func coloured(_ colour: Colour) -> CleanText {
        CleanText(clean: "\u{1b}[1;\(colour.rawValue)m\(text)\u{1b}[0m")
    }

    static func lines(_ lines: [CleanText]) -> CleanText {
        CleanText(clean: lines.map(\.text).joined(separator: "\n"))
    }
}
