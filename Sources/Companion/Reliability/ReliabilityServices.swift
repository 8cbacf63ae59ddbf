package import Logging
package import Settings

/// What the companion needs to say how reliable it was: who writes the chronicle, and how the remote APIs do.
package struct ReliabilityServices: Sendable {
    package let keeper: ChronicleKeeper
    package let calls = RemoteCalls()
    package let audited = AuditTally()

    /// - Parameter name: tells this companion from every other.
    package init(state: StateFolder, name: String, logger: Logger) {
        keeper = ChronicleKeeper(file: state.chronicle, companion: name, logger: logger)
    }

    /// Says once a minute that the companion is there, and at its end that it was asked to end.
    package func presence() -> Running {
        let keeper = keeper
        return Running {
            await keeper.presence().run()
            await keeper.leave()
        }
    }
}
