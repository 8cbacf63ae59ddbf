package import Domain
internal import Glibc

/// The parts of a session's transcript that were said while recording was off: `STATE/gaps/<session>`, a line each,
/// `<from> <to>` in bytes, the last one open while it is off. Written by the hooks, which alone know the environment;
/// read by whoever captures, or the watcher would record what a person switched off.
package struct RecordingGaps: Sendable {
    package static let reason = "recording was off"

    private let state: StateFolder
    private let path: String
    /// Nil: none were ever written.
    private let text: String?

    package init(state: StateFolder, session: SessionID) {
        self.state = state
        path = "\(state.gaps)/\(session)"
        text = try? Files.read(path)
    }

    package var ranges: [Range<Int64>] {
        (text ?? "").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard let from = parts.first.flatMap({ Int64($0) }) else { return nil }
            let to = parts.count > 1 ? Int64(parts[1]) ?? .max : .max
            return from..<max(from, to)
        }
    }

    /// Whether recording is off now, as far as the hooks told.
    package var isOpen: Bool { ranges.last?.upperBound == .max }

    /// What is said from here on is not recorded.
    package func begin(at size: Int64) {
        guard !isOpen else { return }
        try? Files.makeFolder(state.gaps)
        Files.append("\(size) ", to: path, limit: .max)
    }

    /// What is said from here on is recorded again.
    package func end(at size: Int64) {
        guard let text, isOpen else { return }
        // The open line ends with a blank and a line break; its end is put in between.
        try? Files.write(text.dropLast() + "\(size)\n", to: path)
    }
}
