internal import Glibc

/// The values under `data` and `stringData` of a Kubernetes Secret. Their kind may stand before or behind them, so this
/// looks at the whole text first, and only at one that holds such a kind.
enum KubernetesSecrets {
    /// The values, in order.
    static func find(_ text: inout ScannedText) -> [Finding] {
        guard mayHold(text) else { return [] }
        var findings: [Finding] = []
        // One document after the other: those of YAML end at `---`.
        var start = 0
        var isSecret = false
        var sections: [Int] = []
        var line = 0
        while line < text.count {
            let end = endOfLine(text, line)
            let indent = text.skippingBlanks(line, limit: 256)
            if text.starts(with: [.dash, .dash, .dash], at: indent), end - indent <= 5 {
                if isSecret { values(&text, sections, start..<line, &findings) }
                (start, isSecret, sections) = (end, false, [])
            } else {
                isSecret = isSecret || holdsKind(text, line..<end)
                noteSections(text, line..<end, &sections)
            }
            line = end + 1
        }
        if isSecret { values(&text, sections, start..<text.count, &findings) }
        return findings
    }

    private static func mayHold(_ text: ScannedText) -> Bool {
        let name = Array("Secret".utf8)
        return unsafe text.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var at = 0
            while at < bytes.count,
                let next = unsafe memchr(base + at, Int32(UInt8(ascii: "S")), bytes.count - at)
            {
                at = unsafe UnsafeRawPointer(next) - base
                if text.starts(with: name, at: at), text.contains("kind", in: max(0, at - 20)..<at) { return true }
                at += 1
            }
            return false
        }
    }

    private static func endOfLine(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while at < text.count, text[at] != .newline { at += 1 }
        return at
    }

    /// `kind: Secret`, with the quotes of JSON or without.
    private static func holdsKind(_ text: ScannedText, _ line: Range<Int>) -> Bool {
        var at = line.lowerBound
        while at + 10 <= line.upperBound {
            if text[at] == UInt8(ascii: "k"), text.startsIgnoringCase(with: "kind", at: at), isKind(text, at + 4) {
                return true
            }
            at += 1
        }
        return false
    }

    private static func isKind(_ text: ScannedText, _ start: Int) -> Bool {
        let value = skipping(text, start)
        return value > start && text.starts(with: Array("Secret".utf8), at: value)
            && !Alphabet.word.contains(text[value + 6]) && text[value + 6] != .dot
    }

    /// Past quotes, colon and blanks.
    private static func skipping(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        var colons = 0
        while at - start < 16, text[at].isBlank || text[at] == .quote || text[at] == .backslash || text[at] == .colon {
            if text[at] == .colon { colons += 1 }
            at += 1
        }
        return colons == 1 ? at : start
    }

    /// Where `data:` and `stringData:` are.
    private static func noteSections(_ text: ScannedText, _ line: Range<Int>, _ sections: inout [Int]) {
        var at = line.lowerBound
        while at + 5 <= line.upperBound {
            let byte = text[at]
            if byte == UInt8(ascii: "d") || byte == UInt8(ascii: "s"), text.isWordStart(at) {
                for name in ["data", "stringdata"] as [StaticString] {
                    let end = at + name.utf8CodeUnitCount
                    guard text.startsIgnoringCase(with: name, at: at), !text[end].isLetter else { continue }
                    let value = startOfValue(text, at)
                    guard value > end, text[value] == UInt8(ascii: "{") || text[value].isLineEnd else { continue }
                    sections.append(at)
                }
            }
            at += 1
        }
    }

    private static func values(
        _ text: inout ScannedText, _ sections: [Int], _ document: Range<Int>, _ findings: inout [Finding]
    ) {
        var end = document.lowerBound
        // What stands inside a section is its value, whatever it is called.
        for section in sections where section >= end {
            let value = startOfValue(text, section)
            if text[value] == UInt8(ascii: "{") {
                end = braced(&text, value + 1, document, &findings)
            } else {
                end = indented(&text, section, document, &findings)
            }
        }
    }

    private static func startOfValue(_ text: ScannedText, _ section: Int) -> Int {
        var at = section
        while text[at].isLetter { at += 1 }
        return skipping(text, at)
    }

    /// `{"user": "…", "password": "…"}`, over one line or many.
    private static func braced(
        _ text: inout ScannedText, _ start: Int, _ document: Range<Int>, _ findings: inout [Finding]
    ) -> Int {
        var at = start
        while at < document.upperBound, text[at] != UInt8(ascii: "}"), text[at] != UInt8(ascii: "{") {
            guard text[at] == .colon else {
                at += 1
                continue
            }
            guard let value = AssignedValue(&text, after: at + 1, site: .init(name: at..<at)) else {
                at += 1
                continue
            }
            add(text, value.range, &findings)
            at = value.range.upperBound
        }
        return at
    }

    /// The lines that stand further right than their section's name.
    private static func indented(
        _ text: inout ScannedText, _ section: Int, _ document: Range<Int>, _ findings: inout [Finding]
    ) -> Int {
        let depth = column(text, section)
        var line = endOfLine(text, section) + 1
        while line < document.upperBound {
            let end = endOfLine(text, line)
            defer { line = end + 1 }
            var at = line
            while at < end, !text[at].isAlphanumeric, text[at] != .dot, text[at] != .underscore, text[at] != .quote {
                at += 1
            }
            // The line number of a file that was read.
            if text[at].isDigit, depth > column(text, at) || text.starts(with: Array("→".utf8), at: number(text, at)) {
                at = number(text, at)
                while at < end, !text[at].isAlphanumeric { at += 1 }
            }
            if at >= end { continue }
            guard column(text, at) > depth else { return line }
            if text.contains("[redacted:", in: line..<end) { continue }
            guard let colon = (at..<end).prefix(256).first(where: { text[$0] == .colon }) else {
                // A line of a block: `key: |`.
                add(text, at..<end, &findings)
                continue
            }
            let value = text.skippingBlanks(colon + 1)..<end
            let trimmed = trim(text, value)
            if trimmed.count > 1 { add(text, trimmed, &findings) }
        }
        return line
    }

    private static func number(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while text[at].isDigit { at += 1 }
        return at
    }

    private static func trim(_ text: ScannedText, _ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = range.first, text[first].isQuote { range.removeFirst() }
        while let last = range.last, text[last].isQuote || text[last].isSpace { range.removeLast() }
        return range
    }

    private static func column(_ text: ScannedText, _ index: Int) -> Int {
        var start = index
        while start > 0, text[start - 1] != .newline, index - start < 512 { start -= 1 }
        return index - start
    }

    private static func add(_ text: ScannedText, _ range: Range<Int>, _ findings: inout [Finding]) {
        guard range.count >= 4, !text.holdsMark(range), !Placeholders.isPlaceholder(text, range),
            range.lowerBound >= findings.last?.range.upperBound ?? 0
        else { return }
        findings.append(Finding(kind: "kubernetes-secret", range: range))
    }
}
