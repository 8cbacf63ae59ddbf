internal import Domain
internal import LanguageModel
internal import Redis
internal import Storage

/// What is asked of circuits: first which there are, then of each of the configured provider.
struct CircuitQuestions {
    private let names, changes: Inquiry.Ticket
    static let mostChanges = 50
    /// Of one kind of provider, with different credentials.
    private static let most = 20

    init(_ inquiry: inout Inquiry, _ keys: Keys) {
        names = inquiry.ask("SMEMBERS", keys.circuits)
        changes = inquiry.ask("XREVRANGE", keys.circuitChanges, "+", "-", "COUNT", String(Self.mostChanges))
    }

    func providers(_ answers: Inquiry, kind: ProviderConfiguration.Kind) -> [ProviderID] {
        let all = answers.texts(names).compactMap(ProviderID.init).filter { $0.name == kind.rawValue }
        return Array(all.prefix(Self.most))
    }

    func history(_ answers: Inquiry) -> [Status.CircuitChange] {
        (answers[changes].array ?? []).compactMap { entry in
            guard let parts = entry.array, parts.count == 2,
                let at = parts[0].text.flatMap({ Int64($0.prefix { $0 != "-" }) })
            else { return nil }
            let fields = parts[1].fields
            return .init(
                at: Timestamp(at), provider: fields["provider"] ?? "", state: fields["state"] ?? "",
                reason: fields["reason"] ?? "", message: fields["message"] ?? "")
        }
    }
}

/// The circuits of the configured provider, of which one is ours.
struct OwnCircuit {
    private let providers: [ProviderID]
    private let tickets: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: Keys, _ providers: [ProviderID]) {
        self.providers = providers
        tickets = providers.map { inquiry.ask("HGETALL", keys.circuit($0)) }
    }

    /// The one of the credential that is configured here. The companion may see another environment than this shell, and
    /// so another key: then it is the one that was checked last.
    func find(_ answers: Inquiry, _ settings: Settings) -> (provider: ProviderID, circuit: Circuit)? {
        let all = zip(providers, tickets).map { ($0, Circuit(fields: answers[$1].fields)) }
        let fingerprint = (try? ProviderSettings(settings))?.fingerprint
        return all.first { $0.0.fingerprint == fingerprint }
            ?? all.max { $0.1.lastCheckMilliseconds < $1.1.lastCheckMilliseconds }
    }
}
