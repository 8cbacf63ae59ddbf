internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A provider's circuit as a person reads it.
package struct CircuitView: Encodable, Sendable {
    package let provider: String
    package let state: String
    package let since: String
    package let reason: String
    package let message: String
    package let failures: Int64
    package let open_until: String?
    package let last_check_at: String?
    package let check_error: String?
    package let last_success_at: String?
    package let generation: Int64
    private let sinceTime: Timestamp?

    private enum CodingKeys: CodingKey {
        case provider, state, since, reason, message, failures, open_until, last_check_at, check_error
        case last_success_at, generation
    }

    init(_ provider: ProviderID, _ circuit: Circuit) {
        self.provider = provider.description
        state = circuit.state.rawValue
        sinceTime = Timestamp(orNever: circuit.sinceMilliseconds)
        since = sinceTime?.text ?? ""
        reason = circuit.reason
        message = circuit.message
        failures = circuit.failures
        open_until = Timestamp(orNever: circuit.openUntilMilliseconds)?.text
        last_check_at = Timestamp(orNever: circuit.lastCheckMilliseconds)?.text
        check_error = circuit.checkMessage.isEmpty ? nil : circuit.checkMessage
        last_success_at = Timestamp(orNever: circuit.lastSuccessMilliseconds)?.text
        generation = circuit.generation
    }

    package var isOpen: Bool { state == Circuit.State.open.rawValue }

    package var sentence: String {
        var text = "\(provider)  \(state)"
        if let sinceTime { text += ", since \(sinceTime.ago(Timestamp(HostClock.wallMilliseconds)))" }
        if !reason.isEmpty { text += ": \(reason)" }
        if !message.isEmpty { text += " (\(message))" }
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
        return try connection.circuits(settings.keys).map(CircuitView.init)
    }

    /// Opens or closes a circuit by hand.
    /// - Parameter name: which, as `circuits` names it; nil where there is but one.
    /// - Throws: `Failure` where none or several are meant.
    package func forceCircuit(open: Bool, of name: String?) throws -> CircuitView {
        var connection = try connect()
        let wanted = try connection.circuits(settings.keys).map(\.provider).filter {
            name == nil || $0.description == name || $0.name == name
        }
        guard let provider = wanted.first else {
            throw Failure(
                .no, name.map { "no circuit \($0); see 'holdfast circuit show'" } ?? "no provider was used yet")
        }
        guard wanted.count == 1 else {
            throw Failure(.usage, "name one of: " + wanted.map(\.description).joined(separator: ", "))
        }
        let store = CircuitStore(keys: settings.keys, provider: provider)
        let made = try connection.decide(store, by: host) { circuit, now in ((), circuit.force(open: open, at: now)) }
        // Who waits for the next try need not wait for it.
        try connection.wakeDrains(of: queue)
        return CircuitView(provider, made.circuit)
    }
}
