internal import Domain
internal import Platform
package import Settings
internal import Transcripts
internal import Vault

/// What is forgotten on any host stays forgotten, though packs that were written before come back: from a second copy, from
/// a disk that was put in.
package enum VaultForgetting {
    package static func run(_ settings: Settings) throws {
        let state = settings.state
        guard try !Tombstones(state).sessions().isEmpty, let vault = try Vault.openIfThere(settings) else { return }
        try vault.forgetAgain { session throws(VaultError) in
            do throws(FileError) {
                return try Exclusions(forgottenOf: session, state: state)
            } catch {
                throw VaultError(error)
            }
        }
    }
}
