internal import Domain
internal import Redis
internal import Settings
internal import Storage

/// What is asked of circuits: first which there are, then of each of the configured provider.
struct CircuitQuestions {
    private let names, changes: Inquiry.Ticket
    static let mostChanges = 50
    /// Of one kind of provider, with different credentials.
    private static let most = 20

    init(_ inquiry: inout Inquiry, _ keys: Keys) {
        names = inquiry.ask("SMEMBERS", keys.circuits.name)
        changes = inquiry.ask("XREVRANGE", keys.circuitChanges.name, "+", "-", "COUNT", String(Self.mostChanges))
    }

    func providers(_ answers: Inquiry, kind: ProviderKind) -> [ProviderID] {
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
