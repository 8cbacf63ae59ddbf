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

/// What a note asks for beside its registry news: that a transcript be captured.
package struct CaptureRequest: Sendable, Equatable, Codable {
    package var path: String
    /// The client's config folder, to which the transcript must belong.
    package var configDirectory: String
    /// The sub-agent whose file it is.
    package var agentID: String?
    /// The hook's `last_assistant_message`: the file may receive it only later, or never.
    package var answer: String?
    package var promptID: String
    /// The transcript's end when the hook looked: the answer is searched from a little before it.
    package var size: Int64

    package init(
        path: String, configDirectory: String, agentID: String? = nil, answer: String? = nil, promptID: String = "",
        size: Int64 = 0
    ) {
        self.path = path
        self.configDirectory = configDirectory
        self.agentID = agentID
        self.answer = answer
        self.promptID = promptID
        self.size = size
    }

    enum CodingKeys: String, CodingKey {
        case path, answer, size
        case configDirectory = "config_dir"
        case agentID = "agent_id"
        case promptID = "prompt_id"
    }

    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.path, path)
        object.add(.configDirectory, configDirectory)
        if let agentID { object.add(.agentID, agentID) }
        if let answer { object.add(.answer, answer) }
        object.add(.promptID, promptID)
        object.add(.size, raw: "\(size)")
        return object.text
    }
}

/// Whether the spool may grow.
package enum SpoolPressure: String, Sendable, Codable, Equatable {
    case ample
    /// It warns long before it refuses: at half the bytes, or at four times the free space.
    case low
    /// No further note is written. The transcripts are still there, and found by the companion's own look.
    case full

    /// - Parameters: all in bytes.
    package static func judge(bytes: Int64, free: Int64, maximum: Int64, minimumFree: Int64) -> SpoolPressure {
        if bytes >= maximum || free < minimumFree { return .full }
        return bytes >= maximum / 2 || free < minimumFree * 4 ? .low : .ample
    }
}
