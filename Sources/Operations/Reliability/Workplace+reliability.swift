internal import Chronicle
internal import Platform
internal import Settings
internal import Storage

extension Workplace {
    /// How reliable this host's Holdfast was.
    /// - Parameter since: when the period began that ends now, ms since 1970; nil for seven days.
    /// - Throws: `Failure`.
    package func reliability(since: Int64? = nil) throws(Failure) -> ReliabilityReport {
        do throws(ChronicleError) {
            return try ReliabilityReport.observed(settings, host: host, since: since)
        } catch {
            throw Failure(.no, "\(error)")
        }
    }
}

extension ReliabilityReport {
    /// Seven days, ms.
    private static let usualPeriod: Int64 = 7 * 86_400_000

    /// What this host's chronicle says.
    static func observed(
        _ settings: Settings, host: String, since: Int64? = nil
    ) throws(ChronicleError) -> ReliabilityReport {
        let now = HostClock.wallMilliseconds
        return try ReliabilityReport(
            try Chronicle.openToRead(settings.state.chronicle), host: host, since: since ?? now - usualPeriod, now: now,
            isWanted: !CompanionStarter(settings: settings).isStoppedByPerson, policy: settings.configuration.watch)
    }
}
