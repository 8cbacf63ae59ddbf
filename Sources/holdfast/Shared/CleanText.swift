internal import Domain

/// Text that may be written to a terminal: nothing in it steers one, but for styles that we have added, which are left out
/// where nobody sees colours.
struct CleanText {
    private let styled: String

    /// Lines stay.
    init(_ text: String) { styled = VisibleText.of(text) }

    /// A line break is shown too: nobody is to add a line that looks like ours.
    init(line: String) { styled = VisibleText.line(line) }

    /// The same value, for programs.
    init(json: some Sequence<UInt8>) { styled = VisibleText.json(String(decoding: Array(json), as: UTF8.self)) }

    private init(styled: String) { self.styled = styled }

    enum Style: String { case bold = "1", red = "1;31", green = "1;32", yellow = "1;33" }

    func styled(_ style: Style?) -> CleanText {
        guard let style, !styled.isEmpty else { return self }
        return CleanText(styled: "\u{1b}[\(style.rawValue)m\(styled)\u{1b}[0m")
    }

    static func + (one: CleanText, other: CleanText) -> CleanText { CleanText(styled: one.styled + other.styled) }

    static func lines(_ lines: [CleanText]) -> CleanText {
        CleanText(styled: lines.map(\.styled).joined(separator: "\n"))
    }

    func wrapped(_ wrap: LineWrap) -> CleanText { CleanText(styled: wrap.lines(of: styled)) }

    /// One line that stands behind so many columns already, as do those after it.
    func wrapped(_ wrap: LineWrap, behind column: Int) -> CleanText {
        CleanText(styled: String(wrap.wrapped(styled, behind: column, indent: column).dropFirst(column)))
    }

    static func blanks(_ count: Int) -> CleanText { CleanText(styled: String(repeating: " ", count: count)) }

    /// Columns of a terminal that it takes.
    var columns: Int { LineWrap.columns(of: styled) }

    /// What is written.
    func text(hasColour: Bool) -> String {
        guard !hasColour else { return styled }
        // Nothing else in it begins with an escape.
        var text = String.UnicodeScalarView(), isStyle = false
        for scalar in styled.unicodeScalars {
            if scalar == "\u{1b}" { isStyle = true }
            if !isStyle { text.append(scalar) }
            if scalar == "m" { isStyle = false }
        }
        return String(text)
    }
}
