package import Domain
package import Platform
package import Settings

/// The last session that was seen at work and of which no hook had told: a file, `STATE/unreported`, with when its
/// transcript was written last, and the session. The watcher leaves it; a hook that comes later makes it void.
package struct UnreportedMark: Sendable, Equatable {
    package let session: SessionID
    /// Since 1970.
    package let milliseconds: Int64

    /// The transcript is written when a turn ends, and the hook comes then, a moment before or after, ms.
    private static let tolerance: Int64 = 60_000

    /// - Parameters, ms since 1970:
    ///   - spoken: when the transcript of a session without a record was written last.
    ///   - watchedSince: what was said before may be history, of before there were hooks.
    ///   - lastHook: of any session; nil where none ever came.
    /// - Returns: nil where hooks may well be at work.
    package init?(of session: SessionID, spoken: Int64, watchedSince: Int64, lastHook: Int64?) {
        guard spoken > watchedSince, (lastHook ?? 0) + Self.tolerance < spoken else { return nil }
        self.session = session
        milliseconds = spoken
    }

    /// - Returns: nil where there is none, or what is there cannot be read.
    package init?(_ state: StateFolder) {
        let words = ((try? Files.read(state.unreported, limit: 512)) ?? "").split(separator: " ")
        guard words.count == 2, let time = Int64(words[0]), let session = SessionID(rawValue: String(words[1])) else {
            return nil
        }
        self.session = session
        milliseconds = time
    }

    package func leave(in state: StateFolder) throws(FileError) {
        try Files.write("\(milliseconds) \(session)", to: state.unreported)
    }
}
