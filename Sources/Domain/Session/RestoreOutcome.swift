/// How whole a session was that was put back from the vault.
package enum RestoreOutcome: String, Sendable, CaseIterable {
    /// Byte for byte, but for what was marked as private.
    case whole
    /// What a client needs of what is left of it.
    case reduced
    /// The words alone, from the archive.
    case spoken
    /// Not at all.
    case failed
}
