/// One hook event on disk: what it tells the registry, and which transcript is to be captured, if any.
package struct Note: Sendable, Equatable {
    package var news: SessionNews
    package var capture: CaptureRequest?

    package init(news: SessionNews, capture: CaptureRequest? = nil) {
        self.news = news
        self.capture = capture
    }

    /// A line with version and checksum, then the news as JSON, then the request as JSON.
    package var text: String {
        let json = news.json + (capture.map { "\n" + $0.json } ?? "")
        return "holdfast-note 1 \(Checksum.fnv1a(json).hexadecimal)\n\(json)"
    }

    /// - Returns: nil when the text is cut, damaged, or of a version we do not know.
    package init?(text: String) {
        let parts = text.split(separator: "\n", maxSplits: 1)
        guard parts.count == 2, parts[0] == "holdfast-note 1 \(Checksum.fnv1a(String(parts[1])).hexadecimal)" else {
            return nil
        }
        let lines = parts[1].split(separator: "\n")
        guard let first = lines.first, lines.count <= 2,
            let news = try? JSONValue(parsing: String(first)).decode(SessionNews.self)
        else { return nil }
        self.news = news
        // Times and sizes that no clock and no disk tells are damage too, and must not trap whoever counts with them.
        let plausible: Range<Int64> = 0..<1 << 60
        guard plausible.contains(news.moment.wallMilliseconds), plausible.contains(news.moment.bootMilliseconds) else {
            return nil
        }
        guard lines.count == 2 else { return }
        guard let capture = try? JSONValue(parsing: String(lines[1])).decode(CaptureRequest.self) else {
            return nil
        }
        guard plausible.contains(capture.size) else { return nil }
        self.capture = capture
    }
}
