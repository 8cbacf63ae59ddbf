package import Domain
package import Redis

/// A provider's circuit in Redis, shared by all companions that use it.
package struct CircuitStore: Sendable {
    let keys: Keys
    package let provider: ProviderID

    /// Stands in for the server's clock in tests.
    package var nowMilliseconds: Int64?

    package init(keys: Keys, provider: ProviderID, nowMilliseconds: Int64? = nil) {
        self.keys = keys
        self.provider = provider
        self.nowMilliseconds = nowMilliseconds
    }

    /// A circuit as it was read, and which of its revisions.
    package struct Reading: Sendable, Equatable {
        package var circuit: Circuit
        package var revision: Int64
        /// The server's clock as it was read, ms since 1970.
        package var nowMilliseconds: Int64
    }

    /// What was decided about a circuit, and kept.
    package struct Decision<Answer> {
        package var answer: Answer
        package var circuit: Circuit
        package var change: Circuit.Change?
        package var nowMilliseconds: Int64
    }

    func changing(_ reading: Reading, change: Circuit.Change?, by host: String) -> ChangeCircuit {
        let name =
            switch change {
            case nil: ""
            case .opened?: "opened"
            case .closed?: "closed"
            }
        var reason = reading.circuit.reason
        if case .closed(let after)? = change { reason = "after \(after) ms" }
        return ChangeCircuit(
            keys: [keys.circuit(provider)],
            news: .init(
                revision: reading.revision, fields: reading.circuit.fields, change: name, reason: reason,
                dispatch_key: "", host: host),
            nowMilliseconds: nowMilliseconds)
    }
}

extension RedisConnection {
    package mutating func circuit(_ store: CircuitStore) throws(RedisError) -> CircuitStore.Reading {
        let replies = try pipeline([["HGETALL", store.keys.circuit(store.provider)], ["TIME"]])
        if case .error(let message) = replies[0] { throw RedisError(reply: message) }
        let fields = replies[0].fields
        let time = (replies[1].array ?? []).compactMap { $0.text.flatMap { Int64($0) } }
        guard time.count == 2 else { throw .unexpectedReply(expected: "the server's time") }
        return .init(
            circuit: Circuit(fields: fields), revision: fields["revision"].flatMap { Int64($0) } ?? 0,
            nowMilliseconds: store.nowMilliseconds ?? time[0] * 1000 + time[1] / 1000)
    }

    /// Decides upon the circuit as it is now, and keeps what was decided. Should another have been faster, decides anew.
    /// - Returns: what the decision answered, and the circuit after it.
    package mutating func decide<Answer>(
        _ store: CircuitStore, by host: String,
        _ decision: (inout Circuit, _ now: Int64) -> (answer: Answer, change: Circuit.Change?)
    ) throws(RedisError) -> CircuitStore.Decision<Answer> {
        while true {
            var reading = try circuit(store)
            let before = reading.circuit
            let (answer, change) = decision(&reading.circuit, reading.nowMilliseconds)
            let made = CircuitStore.Decision(
                answer: answer, circuit: reading.circuit, change: change, nowMilliseconds: reading.nowMilliseconds)
            if reading.circuit == before { return made }
            if try run(store.changing(reading, change: change, by: host)) { return made }
        }
    }

    /// All circuits there are.
    package mutating func circuits(_ keys: Keys) throws(RedisError) -> [(provider: ProviderID, circuit: Circuit)] {
        let names = (try send(["SMEMBERS", keys.circuits]).array ?? []).compactMap { $0.text.flatMap(ProviderID.init) }
        guard !names.isEmpty else { return [] }
        let replies = try pipeline(names.map { ["HGETALL", keys.circuit($0)] })
        return zip(names, replies).filter { !$1.fields.isEmpty }.map { ($0, Circuit(fields: $1.fields)) }
            .sorted { $0.0.description < $1.0.description }
    }
}

extension CircuitStore.Decision: Sendable where Answer: Sendable {}
