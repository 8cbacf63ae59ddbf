/// An answer as it came over the wire.
struct Answer {
    let status: Int
    /// By name in lower case; the last one counts.
    let headers: [String: String]
    let body: String
    let length: Int

    /// - Returns: nil when it is not whole yet.
    init?(_ bytes: [UInt8], isEnded: Bool, isHead: Bool) {
        let separator = Array("\r\n\r\n".utf8)
        let starts = bytes.indices.dropLast(3)
        guard let end = starts.first(where: { Array(bytes[$0..<$0 + 4]) == separator }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            headers[halves[0].lowercased()] = halves.count > 1 ? String(halves[1].drop { $0 == " " }) : ""
        }
        let rest = bytes[(end + 4)...]
        let said = headers["content-length"].flatMap { Int($0) } ?? (isEnded ? rest.count : 0)
        let size = isHead || status == 304 ? 0 : said
        guard rest.count >= size || isEnded else { return nil }
        self.status = status
        self.headers = headers
        body = String(decoding: rest.prefix(size), as: UTF8.self)
        length = end + 4 + size
    }
}
