internal import Domain
internal import GRDB
internal import Platform

/// How a vault stands, without its key and without a lock: who only looks makes, mends and waits for nothing.
package struct VaultGlance: Sendable, Equatable {
    package var counts = VaultCounts()
    /// Of this host's transcripts; nil where no companion has looked yet.
    package var safety: VaultSafety?
    /// nil where the companion has read nothing yet.
    package var reading: VaultReading?

    package init() {}

    /// - Returns: nil where there is no vault, or its index is still to be made.
    package static func of(_ folder: String) throws(VaultError) -> VaultGlance? {
        let file = Vault.indexFile(folder)
        guard Files.exists(file) else { return nil }
        do {
            var configuration = Configuration()
            configuration.label = "vault, looked at"
            configuration.readonly = true
            configuration.busyMode = .timeout(1)
            return try DatabaseQueue(path: file, configuration: configuration).read { database in
                // Whoever makes it is about to.
                guard try database.tableExists("meta") else { return nil }
                var glance = VaultGlance()
                glance.counts = try VaultCounts(database)
                glance.safety = try VaultSafety(database)
                glance.reading = try VaultReading(database)
                return glance
            }
        } catch {
            throw VaultError(error)
        }
    }
}
