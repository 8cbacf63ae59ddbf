/// Text on lines of a width, broken between words. What colours text (`ESC [ … m`) takes no room.
package struct LineWrap: Sendable {
    /// In columns; nil breaks nothing.
    private let width: Int?

    package init(width: Int?) { self.width = width.map { max(20, $0) } }

    /// Each line by itself; what is broken off one stands as far in as its first word.
    package func lines(of text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }.count
            return wrapped(line.dropFirst(indent), behind: indent, indent: indent)
        }.joined(separator: "\n")
    }

    /// One line.
    /// - Parameters:
    ///   - column: how many columns are written already; as many blanks begin the line.
    ///   - indent: how far the lines after it stand in.
    package func wrapped(_ line: some StringProtocol, behind column: Int = 0, indent: Int) -> String {
        let start = String(repeating: " ", count: column)
        // With hardly room for a word, the terminal may break the line where it likes.
        guard let width, width - indent >= 12, column + Self.columns(of: line) > width else { return start + line }
        let next = "\n" + String(repeating: " ", count: indent)
        var wrapped = start, taken = column, isFirst = true
        var rest = line[...]
        while !rest.isEmpty {
            let blanks = rest.prefix { $0 == " " }
            let word = rest.dropFirst(blanks.count).prefix { $0 != " " }
            rest = rest.dropFirst(blanks.count + word.count)
            let columns = Self.columns(of: word)
            if isFirst || taken + blanks.count + columns <= width {
                wrapped += String(blanks) + String(word)
                taken += blanks.count + columns
            } else {
                wrapped += next + String(word)
                taken = indent + columns
            }
            isFirst = false
        }
        return wrapped
    }

    /// How many columns of a terminal a text takes.
    package static func columns(of text: some StringProtocol) -> Int {
        var columns = 0, isColour = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1b}" { isColour = true }
            if !isColour { columns += columnsOf(scalar) }
            if scalar == "m" { isColour = false }
        }
        return columns
    }

    private static func columnsOf(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x300: return 1
        // Marks, joiners and what chooses a picture's look.
        case 0x300...0x36F, 0x200B...0x200D, 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF: return 0
        // East Asian writing, and pictures.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
