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

    package var description: String {
        switch self {
        case .notKept(let session): "nothing of session \(session) is in the vault; 'holdfast vault list' says what is"
        case .notWhole(let session, let reason): "session \(session) cannot be put back: \(reason)"
        case .vault(let error): "\(error)"
        case .placement(let error): "\(error)"
        }
    }
}
