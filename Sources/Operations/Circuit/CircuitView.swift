internal import Domain
internal import LanguageModel
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A provider's circuit as a person reads it.
package struct CircuitView: Encodable, Sendable {
    package let provider: String
    /// Of the provider that is configured here; the others were, or are elsewhere.
    package let configured: Bool
    package let state: String
    package let since: String
    package let reason: String
    package let message: String
    package let failures: Int64
    package let open_until: String?
    /// Until when the provider asked not to be called; nil where it is not asked for, or over.
    package let wait_until: String?
    package let last_check_at: String?
    package let check_error: String?
    package let last_success_at: String?
    package let generation: Int64
    private let sinceTime: Timestamp?

    private enum CodingKeys: CodingKey {
        case provider, configured, state, since, reason, message, failures, open_until, wait_until, last_check_at,
            check_error
        case last_success_at, generation
    }

    init(_ provider: ProviderID, _ circuit: Circuit, isConfigured: Bool) {
        self.provider = provider.description
        configured = isConfigured
        state = circuit.state.rawValue
        sinceTime = Timestamp(orNever: circuit.sinceMilliseconds)
        since = sinceTime?.text ?? ""
        reason = circuit.reason
        message = circuit.message
        failures = circuit.failures
        let waits = circuit.state == .closed && circuit.waitUntilMilliseconds > HostClock.wallMilliseconds
        wait_until = waits ? Timestamp(circuit.waitUntilMilliseconds).text : nil
        open_until = Timestamp(orNever: circuit.openUntilMilliseconds)?.text
        last_check_at = Timestamp(orNever: circuit.lastCheckMilliseconds)?.text
        check_error = circuit.checkMessage.isEmpty ? nil : circuit.checkMessage
        last_success_at = Timestamp(orNever: circuit.lastSuccessMilliseconds)?.text
        generation = circuit.generation
    }

    package var isOpen: Bool { state == Circuit.State.open.rawValue }

    package var sentence: String {
        var text = "\(provider)\(configured ? "" : " (not configured here)")  \(state)"
        if let sinceTime { text += ", since \(sinceTime.ago(Timestamp(HostClock.wallMilliseconds)))" }
        if !reason.isEmpty { text += ": \(reason)" }
        if !message.isEmpty { text += " (\(message))" }
        if let wait_until {
            text += "; it asks us to wait until \(wait_until); 'holdfast circuit close' calls it at once"
        }
        if isOpen {
            text += open_until.map { "; next try \($0)" } ?? "; mend it, then run 'holdfast circuit close'"
        }
        return text
    }
}

extension Workplace {
    /// The circuits of all providers that were used.
    package func circuits() throws -> [CircuitView] {
        var connection = try connect()
        let all = try connection.circuits(settings.keys), own = settings.ownCircuit(among: all)?.provider
        return all.map { CircuitView($0.provider, $0.circuit, isConfigured: $0.provider == own) }
    }

    /// Opens or closes a circuit by hand.
    /// - Parameter name: which, as `circuits` names it; nil for the one of the provider that is configured here.
    /// - Throws: `Failure` where none or several are meant.
    package func forceCircuit(open: Bool, of name: String?) throws -> CircuitView {
        var connection = try connect()
        let all = try connection.circuits(settings.keys), own = settings.ownCircuit(among: all)?.provider
        let wanted = all.map(\.provider).filter { provider in
            name.map { $0 == provider.description || $0 == provider.name } ?? (provider == own)
        }
        guard let provider = wanted.first else {
            throw Failure(
                .no,
                name.map { "no circuit \($0); see 'holdfast circuit show'" }
                    ?? (settings.configuration.provider.kind == .none
                        ? "no provider is configured; see 'holdfast circuit show' for those that were used"
                        : "\(settings.configuration.provider.kind.rawValue) was not used yet; its circuit is closed"))
        }
        guard wanted.count == 1 else {
            throw Failure(.usage, "name one of: " + wanted.map(\.description).joined(separator: ", "))
        }
        let store = CircuitStore(keys: settings.keys, provider: provider)
        let made = try connection.decide(store, by: host) { circuit, now in ((), circuit.force(open: open, at: now)) }
        // Who waits for the next try need not wait for it.
        try connection.wakeDrains(of: queue)
        return CircuitView(provider, made.circuit, isConfigured: provider == own)
    }

    /// The provider that is configured here is called again, should it have asked us to wait. A circuit that is open stays so.
    func liftWait(_ connection: inout RedisConnection) throws(RedisError) {
        guard let own = settings.ownCircuit(among: try connection.circuits(settings.keys)),
            own.circuit.waitUntilMilliseconds > 0
        else { return }
        let store = CircuitStore(keys: settings.keys, provider: own.provider)
        _ = try connection.decide(store, by: host) { circuit, now in
            circuit.lift(at: now)
            return ((), nil)
        }
    }
}

extension Settings {
    /// The circuit of the credential that is configured here. The companion may see another environment than this shell,
    /// and so another key: then it is the one that was checked last, as where the settings cannot be read.
    func ownCircuit(
        among all: [(provider: ProviderID, circuit: Circuit)]
    ) -> (provider: ProviderID, circuit: Circuit)? {
        // Another provider's is nobody's own, whenever it was checked.
        let all = all.filter { $0.provider.name == configuration.provider.kind.rawValue }
        // Settings that cannot be read have no fingerprint.
        let fingerprint = (try? ProviderEndpoint(self))?.fingerprint
        return all.first { $0.provider.fingerprint == fingerprint }
            ?? all.max { $0.circuit.lastCheckMilliseconds < $1.circuit.lastCheckMilliseconds }
    }
}
