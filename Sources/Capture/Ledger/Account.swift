package import Domain

/// What became of the bytes of one transcript: captured + pending + excluded + missing is what lies on disk.
package struct Account: Sendable, Equatable {
    package var path: String
    package var session: SessionID?
    package var agentID: String?
    package var bytes: Int64 = 0
    /// Lines that an episode holds.
    package var captured: Int64 = 0
    /// Lines behind the cursor that will be captured, and a last line that is not whole yet.
    package var pending: Int64 = 0
    /// Bytes of which nothing is kept, by reason.
    package var excluded: [String: Int64] = [:]
    /// Lines before the cursor that no episode holds: lost.
    package var missing: Int64 = 0
    /// Why the file could not be read, should that be so.
    package var trouble: String?

    package init(path: String, session: SessionID?, agentID: String?) {
        self.path = path
        self.session = session
        self.agentID = agentID
    }

    package var excludedBytes: Int64 { excluded.values.reduce(0, +) }
}
