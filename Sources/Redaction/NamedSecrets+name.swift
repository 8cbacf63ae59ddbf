/// Finds the name before a separator.
extension NamedSecrets {
    static func site(_ text: ScannedText, before separator: Int) -> AssignedValue.Site? {
        var end = separator
        let byte = text[separator]
        if byte == .equals || byte == UInt8(ascii: ">") {
            // `:=`, `?=`, `+=`, `==`
            while separator - end < 3,
                [.colon, .equals, UInt8(ascii: "?"), UInt8(ascii: "+"), UInt8(ascii: "!")].contains(text[end - 1])
            {
                end -= 1
            }
        }
        let isTight = end == separator
        var at = text.skippingBlanksBack(end)
        let isJoined = at == end
        if byte == UInt8(ascii: ","), !text[at - 1].isQuote { return nil }
        // `["name"]`, `\"name\"`, `**name**`, `Secret Access Key [None]`.
        if text.isBehindMark(at) { return nil }
        if text[at - 1] == UInt8(ascii: "]"),
            let opening = ((at - min(at, 28))..<at).last(where: { text[$0] == UInt8(ascii: "[") }),
            text[opening - 1] == .blank
        {
            at = text.skippingBlanksBack(opening)
        }
        var closers = 0
        while closers < 8,
            text[at - 1].isQuote || [.backslash, UInt8(ascii: "]"), UInt8(ascii: "*")].contains(text[at - 1])
        {
            if text.isBehindMark(at) { return nil }
            at -= 1
            closers += 1
        }
        var range = nameRange(text, endingAt: at)
        guard !range.isEmpty else { return nil }
        // `const apiKey: string = …`
        if byte == .equals, let declared = declaredName(text, type: range) { range = declared }
        let isOption = text[range.lowerBound] == .dash && text[range.lowerBound + 1] == .dash
        let isVariable =
            text[range.lowerBound].isUpper && !";&?".utf8.contains(text[range.lowerBound - 1])
            && !range.contains { text[$0].isLower }
        let isEnvironment = isTight && isJoined && closers == 0 && byte == .equals && (isVariable || isOption)
        return .init(name: range, isEnvironment: isEnvironment)
    }

    private static func nameRange(_ text: ScannedText, endingAt end: Int) -> Range<Int> {
        var start = end
        while start > 0, end - start < longestName, Alphabet.dotted.contains(text[start - 1]) { start -= 1 }
        // The letter of an escape (`\nPASSWORD=`) is no letter of the name.
        if text[start - 1] == .backslash, end - start > 1, "nrt".utf8.contains(text[start]) { start += 1 }
        return start..<end
    }

    private static func declaredName(_ text: ScannedText, type: Range<Int>) -> Range<Int>? {
        let types: [StaticString] = ["string", "str", "any", "secretstr", "bytes", "text", "varchar"]
        guard types.contains(where: { text.equalsIgnoringCase($0, in: type) }) else { return nil }
        var at = text.skippingBlanksBack(type.lowerBound)
        if text[at - 1] == UInt8(ascii: "&") { at = text.skippingBlanksBack(at - 1) }
        guard text[at - 1] == .colon else { return nil }
        at -= 1
        if text[at - 1] == UInt8(ascii: "?") { at -= 1 }
        let name = nameRange(text, endingAt: at)
        return name.isEmpty ? nil : name
    }

    /// The words before a name of one word: `API Key: …`.
    static func addProse(_ text: ScannedText, _ name: Range<Int>, to words: inout SecretName.Words) {
        guard words.count == 1, text[name.lowerBound - 1] == .blank else { return }
        let end = name.lowerBound - 1
        var start = end
        while start > 0, end - start < 32, text[start - 1].isLetter || text[start - 1] == .blank { start -= 1 }
        words.prepend(SecretName.Words(text, start..<end))
    }

    static func headerValue(_ text: ScannedText, after separator: Int) -> Int? {
        var at = text.skippingBlanks(separator + 1)
        if text[at] == UInt8(ascii: "f"), text[at + 1].isQuote { at += 1 }
        while text[at] == .backslash || text[at].isQuote || text[at] == UInt8(ascii: ">"), at - separator < 12 {
            at += 1
        }
        return text.skippingBlanks(at)
    }

    static func notePair(
        _ text: inout ScannedText, _ separator: Int, _ site: AssignedValue.Site, _ around: inout Surroundings
    ) {
        guard let value = AssignedValue(&text, after: separator + 1, site: site), value.range.count < longestName,
            let name = SecretName(SecretName.Words(text, value.range))
        else { return }
        let isType = text.equalsIgnoringCase("type", in: site.name)
        switch name {
        // Of types only a field for a password: tokens have types as well.
        case .secret where isType: break
        case .password, .secret:
            around.pairName = name
            around.pairEnds = value.range.upperBound + 48
        case .key, .authorization, .cookie, .pairName, .pairValue: break
        }
    }
}
