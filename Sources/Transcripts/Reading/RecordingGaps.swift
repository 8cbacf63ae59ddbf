package import Domain
package import Platform
package import Settings

/// When recording of a session was off: `STATE/gaps/<session>`, a line each time it was switched,
/// `off <bytes of the transcript> <ISO time> <path>` and `on <bytes> <ISO time>`; and `anew <bytes> <ISO time>` where
/// another file of so many bytes was put in the transcript's place, without what was said while it was off.
///
/// Written by the hooks, which alone see the environment; read by whoever captures, or the watcher would record what a
/// person switched off.
package struct RecordingGaps: Sendable {
    /// One stretch; without an end while it lasts.
    package struct Gap: Sendable, Equatable {
        /// In the session's own transcript; empty where nothing of it stands there any more.
        package var bytes: Range<Int64>
        /// ISO 8601, as transcripts have it: for files whose bytes were not looked at, those of sub-agents.
        package var times: Range<String>
        package var path: String

        var isOpen: Bool { bytes.upperBound == .max }
    }

    package static let reason = "recording was off"

    private let state: StateFolder
    private let file: String
    package let gaps: [Gap]

    /// - Throws: when there is a mark that cannot be read: nobody may take that for leave to record.
    package init(state: StateFolder, session: SessionID) throws(FileError) {
        self.state = state
        file = "\(state.gaps)/\(session)"
        do throws(FileError) {
            gaps = Self.parse(try Files.read(file))
        } catch {
            guard error.isMissing else { throw error }
            gaps = []
        }
    }

    /// Whether every line is one of ours.
    package static func isSound(_ text: String) -> Bool {
        text.split(separator: "\n").allSatisfy { line in
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard words.count >= 3, Int64(words[1]).map({ $0 >= 0 }) ?? false, isTime(words[2]) else { return false }
            return ["off", "on", "anew"].contains(words[0])
        }
    }

    /// Lines that are none of ours are passed over.
    private static func parse(_ text: String) -> [Gap] {
        var gaps: [Gap] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard words.count >= 3, let size = Int64(words[1]), size >= 0, isTime(words[2]) else { continue }
            switch words[0] {
            case "off":
                gaps.append(
                    Gap(bytes: size..<(.max), times: words[2]..<forEver, path: words.count > 3 ? words[3] : ""))
            case "anew":
                for index in gaps.indices { gaps[index].bytes = gaps[index].isOpen ? size..<(.max) : size..<size }
            case "on":
                guard let open = gaps.last, open.isOpen else { continue }
                let from = open.times.lowerBound
                gaps[gaps.count - 1].bytes = open.bytes.lowerBound..<max(size, open.bytes.lowerBound)
                // The clock may have been set back meanwhile.
                gaps[gaps.count - 1].times = min(from, words[2])..<max(from, words[2])
            default: continue
            }
        }
        return gaps
    }

    private static func isTime(_ text: String) -> Bool {
        text.utf8.count == 24 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "-") && $0 <= UInt8(ascii: "Z") }
    }

    /// Greater than any time.
    private static let forEver = "~"

    /// Whether recording is off now, as far as the hooks told.
    package var isOpen: Bool { gaps.last?.isOpen ?? false }

    /// What is said from here on is not recorded.
    package func begin(at size: Int64, of path: String, now: Int64) throws(FileError) {
        guard !isOpen else { return }
        try Files.makeFolder(state.gaps)
        let real = Files.realPath(path) ?? path
        guard !real.unicodeScalars.contains(where: { $0.value < 32 }) else { return }
        try Files.add("off \(size) \(ISOTime.text(now)) \(real)\n", to: file)
    }

    /// What is said from here on is recorded again.
    package func end(at size: Int64, now: Int64) throws(FileError) {
        guard isOpen, let open = gaps.last else { return }
        try Files.add("on \(max(size, open.bytes.lowerBound)) \(ISOTime.text(now))\n", to: file)
    }

    /// Another file stands in the transcript's place, which has nothing of what was said while recording was off: what was known
    /// by its positions is known by its times alone.
    /// - Parameter size: of that file, bytes.
    package func beginAnew(at size: Int64, now: Int64) throws(FileError) {
        guard !gaps.isEmpty else { return }
        try Files.add("anew \(size) \(ISOTime.text(now))\n", to: file)
    }

    /// The gaps of all other sessions: a fork copies its parent's history, and no hook says whose fork it is.
    package static func ofOthers(than session: SessionID, state: StateFolder) throws(FileError) -> [Gap] {
        let names: [String]
        do throws(FileError) {
            names = try Files.names(in: state.gaps)
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
        var gaps: [Gap] = []
        for other in names.compactMap(SessionID.init) where other != session {
            gaps += try RecordingGaps(state: state, session: other).gaps
        }
        return gaps
    }
}
