/// Reads what Go prints of a map: `map[code:model_not_found message:The model does not exist type:<nil>]`.
///
/// The print does not quote, so a value ends where the next key of an error begins.
enum GoMap {
    private static let keys = ["code:", "message:", "param:", "type:", "status:", "reason:", "error:", "details:"]
        .map { Array($0.utf8) }
    private static let opening = Array("map[".utf8)

    static func fields(_ text: [UInt8]) -> [(key: String, value: String)] {
        guard let start = text.firstIndex(of: opening, from: 0, before: text.count) else { return [] }
        var found: [(key: Range<Int>, value: Int)] = []
        var index = start + opening.count
        while index < text.count, found.count < 32 {
            if text[index - 1] == .blank || text[index - 1] == .bracketOpen,
                let key = keys.first(where: { text[index...].starts(with: $0) })
            {
                found.append((index..<index + key.count - 1, index + key.count))
                index += key.count
            } else {
                index += 1
            }
        }
        return found.indices.map { place in
            let end = place + 1 < found.count ? found[place + 1].key.lowerBound - 1 : text.count
            var value = text[found[place].value..<max(found[place].value, end)]
            while value.last == .bracketClose || value.last?.isSpace == true { value.removeLast() }
            return (String(bytes: text[found[place].key]), String(bytes: value))
        }
    }
}
