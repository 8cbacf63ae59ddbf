/// What a look for a session's transcript under `<config dir>/projects/*/` found.
package enum TranscriptPresence: Sendable, Equatable {
    case found(path: String)
    /// Every project folder was read and none holds it.
    case absent
    /// Not known: the projects folder, or one inside, could not be read. Never a reason to drop anything.
    case unknown(reason: String)
}
