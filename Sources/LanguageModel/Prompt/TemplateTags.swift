/// The tags of a Mustache text, read by ourselves: the library renders an unknown name as nothing and keeps its tokens to
/// itself.
enum TemplateTags {
    /// - Returns: the names used, and what is wrong with the first tag that a template may not hold.
    static func problem(in text: String, known: [String]) -> (names: Set<String>, reason: String?) {
        var names: Set<String> = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            let line = text[..<open.lowerBound].count { $0.isNewline } + 1
            rest = rest[open.upperBound...]
            let isTriple = rest.first == "{"
            guard let close = rest.firstRange(of: isTriple ? "}}}" : "}}") else {
                return (names, "line \(line): a tag is not closed")
            }
            let tag = rest[..<close.lowerBound].drop { $0 == "{" }
            rest = rest[close.upperBound...]
            guard let sign = tag.first, sign != "!" else { continue }
            if ">$<=%*".contains(sign) {
                return (names, "line \(line): {{\(tag)}} is not supported: no partials, blocks, delimiters or pragmas")
            }
            let name = tag.drop { "#^/&".contains($0) }.filter { !$0.isWhitespace }
            guard name != "." else { continue }
            guard known.contains(name) else {
                return (names, "line \(line): {{\(name)}} is unknown; there are \(known.joined(separator: ", "))")
            }
            names.insert(name)
        }
        return (names, nil)
    }
}
