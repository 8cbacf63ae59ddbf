/// What is no JSON, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ fault: JSONParser.Fault, in bytes: [UInt8]) {
        switch fault {
        case .tooDeep(let limit): description = "nested deeper than \(limit)"
        case .malformed(let offset):
            let before = bytes.prefix(offset)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let column = String(decoding: before[start...], as: UTF8.self).count + 1
            let rest = String(decoding: bytes.dropFirst(offset).prefix(32), as: UTF8.self)
            let found = rest.first.map { $0 == "\n" ? "end of line" : "'\(VisibleText.line(String($0)))'" } ?? "end"
            description = "unexpected \(found) in line \(line), column \(column)"
        }
    }
}
