/// Where in a text a member stands that something is wrong with: asked only when that is so.
package enum JSONPlace {
    /// The line, from 1, of the value at a path of names, or of the last of them that is there; nil in a text that is no JSON.
    /// - Parameter names: in the order in which they are nested.
    package static func line(of names: [String], in text: String) -> Int? {
        var parser = JSONParser(Array(text.utf8), nesting: 128, dialect: .json5)
        var found: Int?
        do throws(JSONParser.Fault) { try look(for: names[...], &parser, &found) } catch { return nil }
        return found.map { offset in parser.bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1 }
    }

    private static func look(
        for names: ArraySlice<String>, _ parser: inout JSONParser, _ found: inout Int?
    ) throws(JSONParser.Fault) {
        guard let name = names.first, parser.peek() == UInt8(ascii: "{") else {
            _ = try parser.value()
            return
        }
        var inner: Int?
        try parser.object { (member, parser) throws(JSONParser.Fault) in
            guard member == name else {
                _ = try parser.value()
                return
            }
            inner = parser.position
            try look(for: names.dropFirst(), &parser, &inner)
        }
        found = inner ?? found
    }
}
