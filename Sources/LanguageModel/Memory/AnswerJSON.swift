internal import Domain

/// The JSON object in what a model wrote around it: a fence, a sentence before it, a comma too many, an end cut off.
///
/// Finds where the object begins and ends, and closes what is open; the parser that settings are read by reads it.
enum AnswerJSON {
    /// Objects are tried from the front; a text full of braces is given up after as many.
    private static let mostTries = 8

    /// - Returns: the object; and, where it was cut off, the same with whole values only, empty where none is left.
    static func object(in text: String) -> (value: JSONValue, ofCut: JSONValue?)? {
        let bytes = withoutZeros(Array(text.utf8))
        var from = 0
        for _ in 0..<mostTries {
            guard let start = bytes[from...].firstIndex(of: UInt8(ascii: "{")) else { return nil }
            let span = Span(bytes, from: start)
            for candidate in span.candidates {
                if let value = try? JSONValue(parsing: candidate), case .object(let members) = value, !members.isEmpty {
                    return (value, span.ofCut.map { (try? JSONValue(parsing: $0)) ?? .object([:]) })
                }
            }
            from = start + 1
        }
        return nil
    }

    /// Escaped zeros as blanks: they say nothing, and no database takes them. A backslash that is escaped itself escapes
    /// nothing: models write of code that has `\\u0000` in it.
    private static func withoutZeros(_ bytes: [UInt8]) -> [UInt8] {
        var cleaned: [UInt8] = []
        cleaned.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.first {
            guard byte == UInt8(ascii: "\\") else {
                cleaned.append(rest.removeFirst())
                continue
            }
            if rest.dropFirst().starts(with: "u0000".utf8) {
                cleaned.append(UInt8(ascii: " "))
                rest = rest.dropFirst(6)
            } else {
                cleaned += rest.prefix(2)
                rest = rest.dropFirst(2)
            }
        }
        return cleaned
    }

    /// One pass over an object that begins at a brace: where it ends, or where it can be closed.
    private struct Span {
        let candidates: [String]
        /// Where the end is cut off, the candidate that holds whole values only; empty where there is none.
        private(set) var ofCut: String?

        /// Deeper than any memory; keeps the parser's recursion shallow.
        private static let mostDepth = 32

        init(_ bytes: [UInt8], from start: Int) {
            var json: [UInt8] = []
            var closers: [UInt8] = []
            var isInString = false
            var isEscaped = false
            /// Behind the last whole value: the text up to there, and what closes it.
            var lastWhole: (end: Int, closers: [UInt8])?
            for byte in bytes[start...] {
                if isInString {
                    // Models write lines and tabs into texts as they are; JSON wants them escaped.
                    if byte < 32 {
                        if byte == UInt8(ascii: "\n"), !isEscaped { json += #"\n"#.utf8 }
                        continue
                    }
                    json.append(byte)
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}"))
                case UInt8(ascii: "["): closers.append(UInt8(ascii: "]"))
                case UInt8(ascii: ","): lastWhole = (json.count, closers)
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    guard closers.popLast() == byte else {
                        candidates = []
                        return
                    }
                    lastWhole = (json.count + 1, closers)
                default: break
                }
                json.append(byte)
                if closers.isEmpty {
                    candidates = [String(decoding: json, as: UTF8.self)]
                    return
                }
                if closers.count > Self.mostDepth {
                    candidates = []
                    return
                }
            }
            // Cut off: first with the open string closed where it stands, then without what is not whole.
            var found: [String] = []
            ofCut = ""
            if isInString {
                let text = json.dropLast(isEscaped ? 1 : 0) + [UInt8(ascii: "\"")] + closers.reversed()
                found.append(String(decoding: text, as: UTF8.self))
            }
            if let lastWhole {
                let text = String(decoding: json[..<lastWhole.end] + lastWhole.closers.reversed(), as: UTF8.self)
                ofCut = text
                found.append(text)
            }
            candidates = found
        }
    }
}
