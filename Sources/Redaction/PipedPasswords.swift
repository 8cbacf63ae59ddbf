/// Passwords that commands read from their standard input: `echo password | sudo -S …`, `chpasswd <<< user:password`.
enum PipedPasswords {
    private static let reach = 240
    private static let mostArguments = 4
    private static let commands: [StaticString] = [
        "sudo ", "chpasswd", "passwd ", "kinit ", "docker ", "podman ", "cryptsetup ", "gpg ", "cat ", "smbpasswd ",
        "pass ",
        "vercel ", "wrangler ", "gcloud ", "gh ", "vncpasswd ",
    ]
    private static let writers: [StaticString] = ["echo ", "printf ", "yes "]

    static let awaited = (commands + writers).map(\.description)

    /// - Parameter start: at `echo`, `printf` or `yes`.
    static func findEcho(_ text: inout ScannedText, at start: Int) -> Finding? {
        guard let writer = writers.first(where: { text.startsIgnoringCase(with: $0, at: start) }) else { return nil }
        var at = text.skippingBlanks(start + writer.utf8CodeUnitCount)
        // `-n`, `-e`
        for _ in 0..<3 where text[at] == .dash && text[at + 1].isLetter {
            var end = at + 1
            while end - at < 8, text[end].isLetter { end += 1 }
            guard text[end].isBlank else { break }
            at = text.skippingBlanks(end)
        }
        guard let format = argument(&text, at) else { return nil }
        var values = [format]
        var next = behind(text, format)
        while values.count < mostArguments, !endsCommand(text[next]), let more = argument(&text, next) {
            values.append(more)
            next = behind(text, more)
        }
        if text[start - 1] == UInt8(ascii: "("), text[start - 2] == UInt8(ascii: "<") {
            return substituted(&text, at: start - 2, format)
        }
        guard let reader = reader(&text, behind: next), let reads = Reads(text, reader), let value = values.last else {
            return nil
        }
        // A format says what the argument behind it is: `printf 'bob:%s' password`.
        let isFormatted = text.startsIgnoringCase(with: "printf ", at: start) && values.count > 1
        if isFormatted, !value.range.contains(where: { text[$0] == .colon }) {
            return PasswordArguments.finding(&text, value.range)
        }
        return finding(&text, (isFormatted ? value : format).range, reads)
    }

    /// `sudo -S … < <(echo password)`, `--password-file=<(echo password)`.
    private static func substituted(_ text: inout ScannedText, at mark: Int, _ value: AssignedValue) -> Finding? {
        var start = mark
        while start > 0, mark - start < reach, !text[start - 1].isLineEnd { start -= 1 }
        let command = start..<mark
        if let reads = Reads(text, command) { return finding(&text, value.range, reads) }
        guard text.contains("pass", in: command) || text.contains(" -p ", in: command),
            Randomness.isDrawnOrChosen(text, value.range)
        else { return nil }
        return PasswordArguments.finding(&text, value.range)
    }

    /// `sudo -S … <<< password`.
    /// - Parameter start: at the command.
    static func findHereString(_ text: inout ScannedText, at start: Int) -> Finding? {
        let end = min(text.end(of: .line, from: start), start + reach)
        guard let mark = (start..<end).first(where: { text.starts(with: Array("<<<".utf8), at: $0) }),
            let reads = Reads(text, start..<mark),
            let value = argument(&text, text.skippingBlanks(mark + 3))
        else { return nil }
        return finding(&text, value.range, reads)
    }

    /// `chpasswd <<EOF`, `cat <<EOF | chpasswd`: the lines up to `EOF`.
    /// - Parameter start: at the command.
    static func findHereDocument(_ text: inout ScannedText, at start: Int) -> HereDocument? {
        let line = text.end(of: .line, from: start)
        let end = min(line, start + reach)
        guard let mark = (start..<end).first(where: { text[$0] == UInt8(ascii: "<") }), text[mark + 1] == text[mark],
            text[mark + 2] != text[mark],
            let reads = Reads(text, start..<mark) ?? reader(&text, behind: mark).flatMap({ Reads(text, $0) })
        else { return nil }
        var at = mark + 2
        while at - mark < 8, text[at] == .dash || text[at].isBlank || text[at].isQuote || text[at] == .backslash {
            at += 1
        }
        var close = at
        while close - at < 32, Alphabet.word.contains(text[close]) { close += 1 }
        return close > at ? HereDocument(reads: reads, mark: Array(text.bytes[at..<close])) : nil
    }

    /// Whether a command begins here that is asked for what it reads.
    static func mayRead(_ text: ScannedText, at start: Int) -> Bool {
        // Most words are asked about.
        switch text[start] {
        case UInt8(ascii: "s"), UInt8(ascii: "c"), UInt8(ascii: "p"), UInt8(ascii: "k"), UInt8(ascii: "d"),
            UInt8(ascii: "g"), UInt8(ascii: "v"), UInt8(ascii: "w"):
            break
        default: return false
        }
        return commands.contains { text.startsIgnoringCase(with: $0, at: start) }
    }

    /// What a command reads.
    enum Reads {
        case password
        case userAndPassword

        private static let options: [StaticString] = [
            "--stdin", "password-stdin", "--with-token", "--passphrase-fd", "pass stdin", "passin stdin",
            "passout stdin",
            "passwd", "kinit", "cryptsetup", "ecryptfs", "keyctl padd", "secret-tool store", "pass insert",
            "docker secret create", "gh secret set", "secret put", "ssh-add",
            "vercel env add", "secrets versions add",
        ]

        /// - Parameter command: with its arguments.
        init?(_ text: ScannedText, _ command: Range<Int>) {
            if text.contains("chpasswd", in: command) {
                self = .userAndPassword
            } else if Self.isSudo(text, command) || Self.options.contains(where: { text.contains($0, in: command) })
                || text.startsIgnoringCase(with: "su ", at: command.lowerBound)
            {
                self = .password
            } else {
                return nil
            }
        }

        /// `sudo -S`, `sudo -kS`.
        private static func isSudo(_ text: ScannedText, _ command: Range<Int>) -> Bool {
            guard text.contains("sudo ", in: command) else { return false }
            for index in command where text[index] == .dash && text[index - 1].isBlank {
                var at = index + 1
                while at - index < 8, text[at].isLetter {
                    if text[at] == UInt8(ascii: "S") { return true }
                    at += 1
                }
            }
            return false
        }
    }

    /// What a command is given: unquoted, it ends where the shell ends it.
    private static func argument(_ text: inout ScannedText, _ start: Int) -> AssignedValue? {
        // `$'…'`
        let isSpelled = text[start] == .dollar && text[start + 1].isQuote
        guard var value = PasswordArguments.argument(&text, isSpelled ? start + 1 : start) else { return nil }
        if !value.isQuoted, let end = value.range.prefix(reach).first(where: { endsCommand(text[$0]) }) {
            value.range = value.range.lowerBound..<end
        }
        return value.range.isEmpty ? nil : value
    }

    private static func behind(_ text: ScannedText, _ value: AssignedValue) -> Int {
        var at = value.range.upperBound
        let end = at
        while at - end < 8, text[at].isQuote || text[at] == .backslash { at += 1 }
        return text.skippingBlanks(at)
    }

    private static func endsCommand(_ byte: UInt8) -> Bool { "|;&()<>".utf8.contains(byte) || byte.isLineEnd }

    /// The commands behind the bar that follows, with their arguments: of a group as well, as in `(echo …; echo …) | …`.
    private static func reader(_ text: inout ScannedText, behind place: Int) -> Range<Int>? {
        let end = min(text.end(of: .line, from: place), place + reach)
        guard place < end else { return nil }
        let isAlone = text[place].isPipe || text[place] == UInt8(ascii: "<")
        guard
            let bar = (place..<end).first(where: { index in
                guard text[index].isPipe, !text[index + 1].isPipe, !text[index - 1].isPipe else { return false }
                return isAlone || ")}".utf8.contains(text[text.skippingBlanksBack(index) - 1])
            })
        else { return nil }
        let first = text.skippingBlanks(bar + 1)
        return first < end ? first..<((first..<end).first { text[$0] == UInt8(ascii: ";") } ?? end) : nil
    }

    fileprivate static func finding(_ text: inout ScannedText, _ value: Range<Int>, _ reads: Reads) -> Finding? {
        switch reads {
        case .password: return PasswordArguments.finding(&text, value)
        case .userAndPassword:
            return PasswordArguments.behind(.colon, &text, AssignedValue(alone: value))
        }
    }
}

/// Lines that are given to a command which reads passwords.
struct HereDocument {
    let reads: PipedPasswords.Reads
    /// The line that ends it.
    let mark: [UInt8]
    private var linesLeft = 64

    init(reads: PipedPasswords.Reads, mark: [UInt8]) {
        self.reads = reads
        self.mark = mark
    }

    /// Judges the next line.
    /// - Returns: nil for the line that ends it.
    mutating func take(_ text: inout ScannedText, _ line: TextLine) -> [Finding]? {
        linesLeft -= 1
        let isEnd = line.content.count == mark.count && text.starts(with: mark, at: line.content.lowerBound)
        guard linesLeft > 0, !isEnd else { return nil }
        let value = line.content.lowerBound..<min(line.content.upperBound, line.content.lowerBound + 128)
        return PipedPasswords.finding(&text, value, reads).map { [$0] } ?? []
    }
}

extension UInt8 {
    fileprivate var isPipe: Bool { self == UInt8(ascii: "|") }
}
