package import Domain
package import Redis

/// A provider's circuit in Redis, shared by all companions that use it.
package struct CircuitStore: Sendable {
    let keys: Keys
    package let provider: ProviderID

    package init(keys: Keys, provider: ProviderID) {
        self.keys = keys
        self.provider = provider
    }

    /// The circuit as it is.
    package var reading: ReadRecord<CircuitRecord> { ReadRecord(keys.circuit(provider)) }

    /// What was decided about a circuit, and kept.
    package struct Decision<Answer> {
        package var answer: Answer
        package var circuit: Circuit
        package var change: Circuit.Change?
        /// The server's clock as it was read, ms since 1970.
        package var nowMilliseconds: Int64
    }

    fileprivate func keeping(_ record: CircuitRecord, change: Circuit.Change?, by host: String) -> ChangeCircuit {
        let name =
            switch change {
            case nil: ""
            case .opened?: "opened"
            case .closed?: "closed"
            }
        var reason = record.circuit.reason
        if case .closed(let after)? = change { reason = "after \(after) ms" }
        return ChangeCircuit(
            keys: [keys.circuit(provider)],
            argument: .init(
                revision: record.revision, fields: record.fields, change: name, reason: reason,
                host: host))
    }
}

extension CircuitStore.Decision: Sendable where Answer: Sendable {}

extension RedisConnection {
    /// Decides upon the circuit as it is now, and keeps what was decided. Should another have been faster, decides anew.
    /// - Returns: what the decision answered, and the circuit after it.
    package mutating func decide<Answer>(
        _ store: CircuitStore, by host: String,
        _ decision: (inout Circuit, _ now: Int64) -> (answer: Answer, change: Circuit.Change?)
    ) throws(RedisError) -> CircuitStore.Decision<Answer> {
        // Another is faster now and then, not a hundred times.
        for _ in 0..<100 {
            let (known, now) = try ask(store.reading, TIME())
            var record = known ?? CircuitRecord(circuit: Circuit())
            let before = record.circuit
            let (answer, change) = decision(&record.circuit, now)
            let made = CircuitStore.Decision(
                answer: answer, circuit: record.circuit, change: change, nowMilliseconds: now)
            if record.circuit == before { return made }
            if try run(store.keeping(record, change: change, by: host)) { return made }
        }
        throw .unexpectedReply(expected: "a circuit that can be decided upon")
    }

    /// All circuits there are, by name.
    package mutating func circuits(_ keys: Keys) throws(RedisError) -> [(provider: ProviderID, circuit: Circuit)] {
        let providers = try ask(SMEMBERS(keys.circuits)).compactMap(ProviderID.init)
        let records = try ask(ForEach(providers.map { ReadRecord<CircuitRecord>(keys.circuit($0)) }))
        return zip(providers, records).compactMap { provider, record in record.map { (provider, $0.circuit) } }
            .sorted { $0.0.description < $1.0.description }
    }
}
