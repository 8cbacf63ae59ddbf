internal import Archive
internal import Domain

/// Text whose words are as uneven as those of people (Zipf).
struct Words: RandomNumberGenerator {
    private var state: UInt64
    private(set) var vocabulary: [String] = []

    init(seed: UInt64) {
        state = seed
        var seen: Set<String> = []
        while vocabulary.count < 20_000 {
            let length = Int.random(in: 3...10, using: &self)
            let word = String((0..<length).map { _ in "abcdefghijklmnoprstuvw".randomElement(using: &self) ?? "a" })
            if seen.insert(word).inserted { vocabulary.append(word) }
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func text(_ bytes: Int) -> String {
        var text = ""
        while text.utf8.count < bytes {
            // The rank's logarithm is even: each word as often as its rank is low.
            let place = Double.random(in: 0..<1, using: &self)
            var rank = 1.0
            for _ in 0..<Int(place * 14) { rank *= 2 }
            text += vocabulary[min(vocabulary.count - 1, Int(rank * Double.random(in: 1..<2, using: &self)) - 1)] + " "
        }
        return text
    }

    mutating func episode(_ name: String, entryCount: Int, entryBytes: Int, at captured: Int64) -> StoredEpisode {
        let roles: [EpisodeEntry.Role] = [.user, .assistant, .call, .assistant]
        let entries = (0..<entryCount).map { index in
            EpisodeEntry(
                uuid: "\(name)-\(index)", hash: Checksum.fnv1a("\(name)-\(index)").hexadecimal,
                role: roles[index % 4], at: "2026-01-01T00:00:00.000Z", text: text(entryBytes))
        }
        let content = entries.map(\.json).joined(separator: "\n")
        let file = FileID(host: "host", path: name)
        return StoredEpisode(
            id: EpisodeID(file: file, generation: 0, bytes: 0..<1, content: content), sessionID: "s",
            dispatchKey: "\(["coder", "tester"][Int(captured / 60_000) % 2])/\(captured / 60_000 % 100)", groupID: "g",
            host: "host", sessionFile: name, file: file, bytes: 0..<1, filterMark: "ffddo16000",
            capturedMilliseconds: captured, entryCount: entryCount, content: content)
    }
}
