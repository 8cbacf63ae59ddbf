/// What a look for a session's transcript found.
package enum TranscriptPresence: Sendable, Equatable {
    case found(path: String)
    /// Every folder that could hold it was read, and none does.
    case absent
    /// Not known: the storage, or a folder inside, could not be read. Never a reason to drop anything.
    case unknown(reason: String)
}
