internal import Domain
internal import FoundationEssentials

extension SessionNews {
    /// The news as a note's text: a line with version and checksum, then JSON.
    package var noteText: String {
        let json = self.json
        return "holdfast-note 1 \(Checksum.fnv1a(json).hexadecimal)\n\(json)"
    }

    /// - Returns: nil when the text is cut, damaged, or of a version we do not know.
    package init?(noteText text: String) {
        let parts = text.split(separator: "\n", maxSplits: 1)
        guard parts.count == 2, parts[0] == "holdfast-note 1 \(Checksum.fnv1a(String(parts[1])).hexadecimal)",
            let news = try? JSONDecoder().decode(SessionNews.self, from: Data(parts[1].utf8))
        else { return nil }
        self = news
    }
}
