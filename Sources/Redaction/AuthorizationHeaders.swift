/// What stands in an `Authorization` header, or behind `Bearer` and `Basic` wherever they are.
enum AuthorizationHeaders {
    /// - Parameter start: at the value of the header.
    static func find(_ text: inout ScannedText, valueAt start: Int) -> Finding? {
        let scheme = text.end(of: .base64URL, from: start)
        guard scheme > start, scheme - start <= 20, text[scheme].isBlank else {
            return credential(&text, at: start, atLeast: 12)
        }
        let next = text.skippingBlanks(scheme)
        if text.equalsIgnoringCase("basic", in: start..<scheme) { return basic(&text, at: next, isHeader: true) }
        return credential(&text, at: next, atLeast: 8)
    }

    /// - Parameter start: at a word `Bearer` or `Basic`.
    static func findScheme(_ text: inout ScannedText, at start: Int) -> Finding? {
        let isBearer = text.startsIgnoringCase(with: "bearer", at: start)
        let end = start + (isBearer ? 6 : 5)
        guard isBearer || text.startsIgnoringCase(with: "basic", at: start), text[end].isBlank else { return nil }
        let next = text.skippingBlanks(end)
        return isBearer ? credential(&text, at: next, atLeast: 16) : basic(&text, at: next, isHeader: false)
    }

    private static func credential(_ text: inout ScannedText, at start: Int, atLeast minimum: Int) -> Finding? {
        let end = text.end(of: .credential, from: start)
        let range = start..<end
        guard range.count >= minimum, !Placeholders.isPlaceholder(text, range),
            !PublicExamples.contains(text, range)
        else { return nil }
        if let known = TokenIndex.shared.find(&text, at: start) {
            return Finding(kind: known.kind, range: start..<max(end, known.range.upperBound))
        }
        guard text[end] != UInt8(ascii: "["), Randomness.isRandom(text, range, atLeast: minimum) else { return nil }
        return Finding(kind: "bearer-token", range: range)
    }

    private static func basic(_ text: inout ScannedText, at start: Int, isHeader: Bool) -> Finding? {
        let end = text.end(of: .base64, from: start)
        let range = start..<end
        guard range.count >= 8, !PublicExamples.contains(text, range) else { return nil }
        if holdsPassword(text, range) { return Finding(kind: "basic-auth", range: range) }
        guard isHeader, Base64.decoded(text, range)?.contains(.colon) != true, Randomness.isRandom(text, range),
            !Placeholders.isPlaceholder(text, range)
        else { return nil }
        return Finding(kind: "basic-auth", range: range)
    }

    /// Whether this is base64 of `user:password`, and the password one.
    static func holdsPassword(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        guard range.count >= 8, let bytes = Base64.decoded(text, range), let colon = bytes.firstIndex(of: .colon),
            bytes.allSatisfy({ $0 >= 32 && $0 < 127 })
        else { return false }
        let decoded = ScannedText(bytes, steps: text.steps)
        return !Placeholders.isPlaceholder(decoded, (colon + 1)..<bytes.count)
    }
}
