internal import Glibc

/// A person's own pattern from the configuration: a POSIX extended regular expression, looked for line by line.
///
/// It is kept as text and compiled for each redaction, since a compiled one is a pointer that no other thread may use.
package struct SecretPattern: Sendable {
    package let kind: String
    package let pattern: String

    /// Longer lines are searched in pieces: the C library takes a time that grows with the square of what it is given.
    private static let longestPiece = 4096
    private static let longestPattern = 512

    package init(kind: String, pattern: String) throws(InvalidPattern) {
        func refused(_ reason: String) -> InvalidPattern {
            InvalidPattern(kind: kind, pattern: pattern, reason: reason)
        }
        guard (1...32).contains(kind.utf8.count), kind.utf8.allSatisfy({ $0.isLower || $0.isDigit || $0 == .dash })
        else {
            throw refused("the kind must be 1 to 32 of a-z, 0-9 and -")
        }
        guard !pattern.isEmpty else { throw refused("the pattern is empty") }
        guard pattern.utf8.count <= Self.longestPattern, !pattern.utf8.contains(0) else {
            throw refused("the pattern is longer than \(Self.longestPattern) bytes or holds a NUL")
        }
        guard !Self.holdsBackReference(pattern) else { throw refused("back-references (\\1 to \\9) are not supported") }
        self.kind = kind
        self.pattern = pattern
        let matchesNothing: Bool
        do throws(CompileError) {
            matchesNothing = try unsafe Self.compiled(pattern) { expression in
                unsafe regexec(&expression, "", 0, nil, 0) == 0
            }
        } catch {
            throw refused(error.reason)
        }
        if matchesNothing { throw refused("the pattern matches the empty string") }
    }

    private static func holdsBackReference(_ pattern: String) -> Bool {
        var isEscaped = false
        for byte in pattern.utf8 {
            if isEscaped, byte.isDigit, byte != UInt8(ascii: "0") { return true }
            isEscaped = byte == .backslash && !isEscaped
        }
        return false
    }

    private struct CompileError: Error {
        var reason: String
    }

    private static func compiled<Result>(
        _ pattern: String, _ body: (inout regex_t) -> Result
    ) throws(CompileError) -> Result {
        var expression = unsafe regex_t()
        let code = unsafe regcomp(&expression, pattern, REG_EXTENDED)
        guard code == 0 else {
            var message = [CChar](repeating: 0, count: 128)
            let length = unsafe regerror(code, &expression, &message, message.count)
            let text = message.prefix(max(0, min(length, message.count) - 1)).map { UInt8(bitPattern: $0) }
            throw CompileError(reason: String(decoding: text, as: UTF8.self))
        }
        defer { unsafe regfree(&expression) }
        return unsafe body(&expression)
    }

    /// Replaces every match. Marks of earlier replacements are left alone, so that a pattern cannot eat one.
    func redact(_ bytes: [UInt8]) -> [UInt8] {
        do throws(CompileError) {
            return try unsafe Self.compiled(pattern) { expression in
                var output: [UInt8] = []
                output.reserveCapacity(bytes.count)
                let text = ScannedText(bytes, steps: StepCount())
                var start = 0
                while start < bytes.count {
                    let end = Self.endOfStretch(text, from: start)
                    unsafe Self.replace(in: start..<end, of: text, &expression, by: kind, to: &output)
                    start = Self.endOfMark(text, from: end) ?? min(end + 1, bytes.count)
                    output += bytes[end..<start]
                }
                return output
            }
        } catch {
            // It compiled when it was made. Without the memory to do so again there is no text that may be given out.
            return Array("[redacted:\(kind)]".utf8)
        }
    }

    /// The next line end or mark.
    private static func endOfStretch(_ text: ScannedText, from start: Int) -> Int {
        var at = start
        while at < text.count, !text.bytes[at].isLineEnd, endOfMark(text, from: at) == nil { at += 1 }
        return at
    }

    private static func endOfMark(_ text: ScannedText, from start: Int) -> Int? {
        guard text[start] == UInt8(ascii: "["), text.startsIgnoringCase(with: "[redacted:", at: start) else {
            return nil
        }
        var at = start + 10
        while at - start < 48, text[at].isAlphanumeric || text[at] == .dash { at += 1 }
        return text[at] == UInt8(ascii: "]") ? at + 1 : nil
    }

    /// Searches a stretch and, behind and before each match, what is left of it. What is before one is searched again as
    /// it will stand in the output, where it ends at a mark: so a second redaction finds nothing that is new.
    private static func replace(
        in stretch: Range<Int>, of text: ScannedText, _ expression: inout regex_t, by kind: String,
        to output: inout [UInt8]
    ) {
        var rest: [Range<Int>?] = [stretch]
        while let next = rest.popLast() {
            guard let range = next else {
                output += "[redacted:\(kind)]".utf8
                continue
            }
            let piece = range.prefix(longestPiece)
            guard let match = unsafe match(in: piece, of: text, &expression) else {
                output += text.bytes[piece]
                if piece.upperBound < range.upperBound { rest.append(piece.upperBound..<range.upperBound) }
                continue
            }
            guard !match.isEmpty else {
                let beyond = min(match.upperBound + 1, range.upperBound)
                output += text.bytes[range.lowerBound..<beyond]
                if beyond < range.upperBound { rest.append(beyond..<range.upperBound) }
                continue
            }
            rest.append(match.upperBound..<range.upperBound)
            rest.append(nil)
            rest.append(range.lowerBound..<match.lowerBound)
        }
    }

    /// The first match, widened to whole characters.
    private static func match(
        in piece: Range<Int>, of text: ScannedText, _ expression: inout regex_t
    ) -> Range<Int>? {
        guard !piece.isEmpty else { return nil }
        var found = regmatch_t(rm_so: 0, rm_eo: regoff_t(piece.count))
        var flags = REG_STARTEND
        if piece.lowerBound > 0, !text[piece.lowerBound - 1].isLineEnd { flags |= REG_NOTBOL }
        if piece.upperBound < text.count, !text[piece.upperBound].isLineEnd { flags |= REG_NOTEOL }
        let isFound = unsafe text.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            let start = unsafe (base + piece.lowerBound).assumingMemoryBound(to: CChar.self)
            return unsafe regexec(&expression, start, 1, &found, flags) == 0
        }
        guard isFound else { return nil }
        var start = piece.lowerBound + Int(found.rm_so)
        var end = piece.lowerBound + Int(found.rm_eo)
        guard end > start else { return start..<start }
        while start > piece.lowerBound, text[start] & 0xC0 == 0x80 { start -= 1 }
        while end < piece.upperBound, text[end] & 0xC0 == 0x80 { end += 1 }
        return start..<end
    }
}

/// A pattern of the configuration that cannot be used.
package struct InvalidPattern: Error, CustomStringConvertible, Equatable {
    package let kind: String
    package let pattern: String
    package let reason: String

    package var description: String { "redaction pattern \"\(kind)\" (\(pattern)): \(reason)" }
}
