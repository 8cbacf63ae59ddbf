internal import Domain
internal import LanguageModel
internal import Redis
internal import Settings
internal import Storage

/// The circuits of the configured provider, of which one is ours.
struct OwnCircuit {
    private let providers: [ProviderID]
    private let tickets: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: Keys, _ providers: [ProviderID]) {
        self.providers = providers
        tickets = providers.map { inquiry.ask("HGETALL", keys.circuit($0).name) }
    }

    /// The one of the credential that is configured here. The companion may see another environment than this shell, and
    /// so another key: then it is the one that was checked last, as where the settings cannot be read.
    func find(_ answers: Inquiry, _ settings: Settings) -> (provider: ProviderID, circuit: Circuit)? {
        let all = zip(providers, tickets).map { ($0, CircuitRecord(fields: answers[$1].fields).circuit) }
        let fingerprint = (try? ProviderEndpoint(settings))?.fingerprint
        return all.first { $0.0.fingerprint == fingerprint }
            ?? all.max { $0.1.lastCheckMilliseconds < $1.1.lastCheckMilliseconds }
    }
}
