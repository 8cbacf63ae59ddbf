package import Domain
package import Transcripts
package import Vault

/// Why a session was not put back.
package enum RestoreError: Error, CustomStringConvertible {
    case notKept(SessionID)
    /// What is kept of it is not enough for a client.
    case notWhole(SessionID, reason: String)
    case vault(VaultError)
    case placement(PlacementError)
    /// The archive, whose words are all there is, cannot be read now.
    case archive(reason: String)

    /// Whether it will never be put back from here. What is only so now, as a full disk or a key that is not at hand, must not
    /// cost its dispatch key the session.
    package var isFinal: Bool {
        switch self {
        case .notKept, .notWhole: true
        case .vault, .placement, .archive: false
        }
    }

    package var description: String {
        switch self {
        case .notKept(let session): "nothing of session \(session) is in the vault; 'holdfast vault list' says what is"
        case .notWhole(let session, let reason): "session \(session) cannot be put back: \(reason)"
        case .vault(let error): "\(error)"
        case .placement(let error): "\(error)"
        case .archive(let reason): "the archive cannot be read now: \(reason)"
        }
    }
}
