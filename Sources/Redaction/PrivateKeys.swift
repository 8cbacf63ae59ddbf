/// Private keys in PEM frames, with whatever a transcript does to line breaks: the two characters `\n`, a line number or
/// a diff mark before each line, string literals joined with `+`.
///
///     -----BEGIN … PRIVATE KEY-----   the frame, if something like a key stands behind it
///     Proc-Type: 4,ENCRYPTED          headers
///     MIIEow…                         the body: runs of base64; without an END line, as far as they go
///     -----END … PRIVATE KEY-----
enum PrivateKeys {
    private static let dashes = Array("-----".utf8)
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)

    /// Runs shorter than this are words, unless a frame ends behind them.
    private static let shortestRun = 16
    /// A key has few headers and short ones: without an end to them each frame in a text of headers would be followed
    /// to its end.
    private static let mostHeaders = 16
    private static let longestHeader = 256

    /// - Parameter start: at five dashes.
    static func find(_ text: inout ScannedText, at start: Int, notBefore: Int) -> Finding? {
        if let body = frame(text, begin, at: start) {
            guard let end = endOfBody(&text, from: body) else { return nil }
            return Finding(kind: "private-key", range: start..<end)
        }
        if let end = frame(text, end, at: start) {
            guard let body = startOfBody(text, before: start, notBefore: notBefore) else { return nil }
            return Finding(kind: "private-key", range: body..<end)
        }
        return nil
    }

    /// PuTTY's format: `Private-Lines: 14`, and so many lines.
    /// - Parameter start: at the word `Private-Lines`.
    static func findPuTTY(_ text: inout ScannedText, at start: Int) -> Finding? {
        let name = Array("Private-Lines: ".utf8)
        guard text.starts(with: name, at: start) else { return nil }
        var body = start + name.count
        while text[body].isDigit { body += 1 }
        guard let end = endOfBody(&text, from: body) else { return nil }
        return Finding(kind: "private-key", range: body..<end)
    }

    /// The place behind `-----BEGIN RSA PRIVATE KEY-----`.
    private static func frame(_ text: ScannedText, _ opening: [UInt8], at start: Int) -> Int? {
        guard text.starts(with: opening, at: start) else { return nil }
        let name = start + opening.count
        var close = name
        while close - name < 48, text[close].isUpper || text[close].isDigit || text[close] == .blank { close += 1 }
        guard text.starts(with: dashes, at: close), text.contains("private key", in: name..<close) else { return nil }
        return close + dashes.count
    }

    private static func endOfBody(_ text: inout ScannedText, from start: Int) -> Int? {
        var at = start
        var body = 0
        var headers = 0
        /// Behind the last run that counts.
        var covered = start
        while true {
            at = skippingFiller(text, at)
            if text.starts(with: end, at: at), let close = frame(text, end, at: at) {
                return body > 0 ? close : nil
            }
            if headers < mostHeaders, let next = header(text, at) {
                at = next
                headers += 1
                continue
            }
            let run = text.end(of: .base64, from: at)
            guard run > at else { break }
            let isLong = run - at >= shortestRun
            // The last line, or the checksum of a PGP block.
            guard isLong || body > 0 && endsSoon(text, after: run) else { break }
            body += run - at
            covered = run
            at = run
        }
        return body >= 20 ? covered : nil
    }

    /// What stands between the lines of a body.
    private static func skippingFiller(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while true {
            let byte = text[at]
            if byte.isSpace || byte == .quote || byte == .apostrophe || byte == UInt8(ascii: ",") || byte == .backtick
                || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "#")
            {
                at += 1
            } else if byte == .backslash {
                at += 1
                while text[at] == .backslash { at += 1 }
                switch text[at] {
                case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): at += 1
                default: break
                }
            } else if byte == UInt8(ascii: "+") && (text[at + 1].isBlank || text[at - 1].isSpace) {
                at += 1
            } else if byte.isDigit, let line = lineNumber(text, at) {
                at = line
            } else {
                return at
            }
        }
    }

    /// `    12→`, `12:` or `12<tab>` at the start of a line.
    private static func lineNumber(_ text: ScannedText, _ start: Int) -> Int? {
        guard text[start - 1].isSpace else { return nil }
        var at = start
        while text[at].isDigit, at - start < 7 { at += 1 }
        if text[at] == .tab || text[at] == .colon { return at + 1 }
        return text.starts(with: Array("→".utf8), at: at) ? at + 3 : nil
    }

    /// `DEK-Info: AES-128-CBC,…`, up to the end of its line, and of none that another frame is in.
    private static func header(_ text: ScannedText, _ start: Int) -> Int? {
        let names: [StaticString] = [
            "proc-type:", "dek-info:", "version:", "comment:", "hash:", "charset:", "private-mac:",
        ]
        guard names.contains(where: { text.startsIgnoringCase(with: $0, at: start) }) else { return nil }
        var at = start
        while at < text.count, !text[at].isLineEnd, !(text[at] == .backslash && text[at + 1] == UInt8(ascii: "n")) {
            guard at - start < longestHeader, !text.starts(with: dashes, at: at) else { return nil }
            at += 1
        }
        return at
    }

    private static func endsSoon(_ text: ScannedText, after run: Int) -> Bool {
        let next = skippingFiller(text, run)
        return text.starts(with: end, at: next) || text[next] == .equals || next >= text.count
            || next > run && text[next - 1].isSpace && !text[next].isLetter
    }

    /// The lines before an END whose BEGIN is not in the text: the tail of a key.
    private static func startOfBody(_ text: ScannedText, before end: Int, notBefore: Int) -> Int? {
        var at = end
        var body: Int?
        while at > notBefore {
            var runEnd = at
            while runEnd > notBefore, text[runEnd - 1].isSpace { runEnd -= 1 }
            if runEnd >= notBefore + 2, text[runEnd - 1] == UInt8(ascii: "n"), text[runEnd - 2] == .backslash {
                runEnd -= 2
            }
            var run = runEnd
            while run > notBefore, Alphabet.base64.contains(text[run - 1]), !isEscapedBreak(text, run - 1) { run -= 1 }
            guard runEnd - run >= (body == nil ? 4 : 40) else { break }
            body = run
            at = run
        }
        guard let body, end - body >= 40 else { return nil }
        return body
    }

    private static func isEscapedBreak(_ text: ScannedText, _ index: Int) -> Bool {
        text[index] == UInt8(ascii: "n") && text[index - 1] == .backslash
    }
}
