/// What `cat-file --batch` prints: `<ID> blob <size>`, a line feed, the bytes, a line feed; or `<ID> missing`.
struct GitBatch {
    private let output: [UInt8]
    private var place = 0

    init(_ output: [UInt8]) { self.output = output }

    enum Answer: Equatable {
        case file([UInt8])
        case missing
    }

    /// - Returns: nil where something else comes next.
    mutating func next(_ id: String) -> Answer? {
        guard let end = output[place...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: output[place..<end], as: UTF8.self).split(separator: " ")
        if words.count == 2, words[0] == id, words[1] == "missing" {
            place = end + 1
            return .missing
        }
        guard words.count == 3, words[0] == id, words[1] == "blob", let size = Int(words[2]), size >= 0,
            size < output.count - end - 1, output[end + 1 + size] == UInt8(ascii: "\n")
        else { return nil }
        place = end + 1 + size + 1
        return .file(Array(output[end + 1..<end + 1 + size]))
    }
}
