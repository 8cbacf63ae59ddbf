internal import Chronicle
internal import Domain
internal import Platform

extension ChronicleKeeper {
    /// A provider's circuit opened or closed.
    package func hear(_ event: CircuitGate.Event) {
        let now = HostClock.wallMilliseconds, name = event.provider.name, reason = event.circuit.reason
        write { chronicle throws(ChronicleError) in
            switch event.change {
            case .opened: try chronicle.began(.providerDown, of: name, at: now, detail: reason)
            case .closed: try chronicle.ended(.providerDown, of: name, at: now)
            }
        }
    }
}
