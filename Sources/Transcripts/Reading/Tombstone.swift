package import Domain

/// What is forgotten of one session, without a word of it: all, or some messages. As a file, `STATE/forgotten/<session>`:
///
///     whole <time of the first message> <time of the last>      or `part`; ISO 8601, `-` where it is not known
///     message <uuid, or # and hash>
///     episode <id>                                              one that could not be understood
///     remark <id>                                               of that episode the memory, and what failed
///
/// The messages of a session that is forgotten as a whole stand there for the sake of forks, which hold copies of them.
package struct Tombstone: Sendable, Equatable {
    package static let reason = "forgotten"

    package let session: SessionID
    package var isWhole: Bool
    package var known = ForgottenMessages()
    package var episodes: Set<EpisodeID> = []
    package var remarks: Set<EpisodeID> = []

    package init(of session: SessionID, isWhole: Bool, _ known: ForgottenMessages = ForgottenMessages()) {
        self.session = session
        self.isWhole = isWhole
        self.known = known
    }

    /// The same to who knows episodes and no transcripts.
    package var forgotten: Forgotten {
        var forgotten = Forgotten()
        if isWhole { forgotten.sessions = [session] }
        forgotten.messages = known.messages
        forgotten.episodes = episodes
        forgotten.remarks = remarks
        return forgotten
    }

    package mutating func formUnion(_ other: Tombstone) {
        isWhole = isWhole || other.isWhole
        known.formUnion(other.known)
        episodes.formUnion(other.episodes)
        remarks.formUnion(other.remarks)
    }

    var text: String {
        let times = [known.first, known.last].map { $0.isEmpty ? "-" : $0 }
        var lines = ["\(isWhole ? "whole" : "part") \(times[0]) \(times[1])"]
        lines += known.messages.sorted().map { "message " + $0 }
        lines += episodes.map { "episode \($0)" }.sorted()
        lines += remarks.map { "remark \($0)" }.sorted()
        return lines.joined(separator: "\n") + "\n"
    }

    /// Lines that are none of ours are passed over.
    /// - Returns: nil where the first says nothing: nobody may take that for leave to record.
    package init?(of session: SessionID, text: String) {
        let lines = text.split(separator: "\n")
        guard let first = lines.first, let head = Head(of: session, line: first) else { return nil }
        self.init(of: session, isWhole: head.isWhole)
        known.first = head.first
        known.last = head.last
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            switch words[0] {
            case "message": known.messages.insert(words[1])
            case "episode": EpisodeID(rawValue: words[1]).map { _ = episodes.insert($0) }
            case "remark": EpisodeID(rawValue: words[1]).map { _ = remarks.insert($0) }
            default: break
            }
        }
    }

    /// Its first line, which says whether the rest is to be read.
    struct Head: Sendable {
        let session: SessionID
        let isWhole: Bool
        let first: String
        let last: String

        init?(of session: SessionID, line: Substring) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, ["whole", "part"].contains(words[0]) else { return nil }
            self.session = session
            isWhole = words[0] == "whole"
            (first, last) = (words[1] == "-" ? "" : words[1], words[2] == "-" ? "" : words[2])
        }

        /// Whether a message of this time may be among its messages.
        func mayHold(_ time: String) -> Bool {
            first.isEmpty || first <= time && time <= last || ISOTime.milliseconds(time) == nil
        }
    }
}
