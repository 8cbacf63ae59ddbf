package import Domain
package import Logging
internal import Platform
internal import Redis
internal import Settings
package import Storage

/// One companion's way to a provider's circuit: the state in Redis, which all companions share, and what was last seen of
/// it, by which the companion goes while Redis is away.
package actor CircuitGate {
    /// Leave to call the model once.
    package struct Permit: Sendable {
        let generation: Int64
        let token: String
        package let isProbe: Bool
    }

    package enum Answer: Sendable {
        case call(Permit)
        /// ms from now; nil until a person acts or a health check says well.
        case wait(milliseconds: Int64?)
    }

    /// A change that this companion made.
    package struct Event: Sendable {
        package let provider: ProviderID
        package let change: Circuit.Change
        package let circuit: Circuit
    }

    package nonisolated let provider: ProviderID
    private let store: CircuitStore
    private let client: RedisClient
    private let policy: CircuitPolicy
    private let host: String
    private let logger: Logger
    private let onChange: @Sendable (Event) async -> Void
    /// A person does not let the provider wait for as long as it asked: what was put off until then becomes due.
    private let onLift: @Sendable () async -> Void

    package private(set) var circuit = Circuit()
    /// What the server's clock is ahead of ours, ms.
    private var clockOffset: Int64 = 0
    private var lastReading: ContinuousClock.Instant?
    /// Redis has not heard of what was decided since it went away.
    private var isAhead = false
    /// Successes of a closed circuit, told together.
    private var untoldSuccesses: Int64 = 0
    private var lastTold: ContinuousClock.Instant?
    private var probes: UInt64 = 0

    package init(
        provider: ProviderID, keys: Keys, client: RedisClient, host: String, policy: CircuitPolicy = CircuitPolicy(),
        logger: Logger, onChange: @escaping @Sendable (Event) async -> Void,
        onLift: @escaping @Sendable () async -> Void = {}
    ) {
        self.provider = provider
        store = CircuitStore(keys: keys, provider: provider)
        self.client = client
        self.host = host
        self.policy = policy
        self.logger = logger
        self.onChange = onChange
        self.onLift = onLift
    }

    /// How long what was read counts: another companion may have opened the circuit meanwhile.
    private static let freshness: Duration = .seconds(1)

    private var isFresh: Bool { lastReading.map { ContinuousClock().now - $0 < Self.freshness } ?? false }

    /// Asks for leave to call.
    package func permit() async -> Answer {
        if circuit.state == .closed, isFresh, HostClock.wallMilliseconds + clockOffset >= circuit.waitUntilMilliseconds
        {
            return .call(Permit(generation: circuit.generation, token: "", isProbe: false))
        }
        probes += 1
        let token = "\(host):\(HostClock.wallMilliseconds):\(probes)"
        let policy = policy
        let (verdict, now) = await decide { circuit, now in
            (circuit.request(token: token, at: now, policy: policy), nil)
        }
        switch verdict {
        case .call(let generation): return .call(Permit(generation: generation, token: "", isProbe: false))
        case .probe(let generation): return .call(Permit(generation: generation, token: token, isProbe: true))
        case .wait(let until): return .wait(milliseconds: until.map { max(0, $0 - now) })
        }
    }

    package func succeeded(_ permit: Permit) async {
        untoldSuccesses += 1
        // A closed circuit without failures learns nothing from one more success; it is told of many at once, and often
        // enough for people to see when the last one was.
        let isTold = lastTold.map { ContinuousClock().now - $0 < .seconds(10) } ?? false
        if circuit.state == .closed, circuit.unanswered == 0, isFresh, isTold, untoldSuccesses < 100 { return }
        lastTold = ContinuousClock().now
        let policy = policy
        let count = untoldSuccesses
        untoldSuccesses = 0
        _ = await decide { circuit, now in
            (
                (),
                circuit.succeeded(
                    count, generation: permit.generation, token: permit.token, at: now, policy: policy)
            )
        }
    }

    package func failed(_ permit: Permit, _ failure: FailureClass, message: String) async {
        let policy = policy
        let random = Double.random(in: 0..<1)
        _ = await decide { circuit, now in
            (
                (),
                circuit.failed(
                    failure, message: message, generation: permit.generation, token: permit.token, at: now,
                    policy: policy, random: random)
            )
        }
    }

    /// The call was not made, or stopped before it had a result.
    package func gaveUp(_ permit: Permit) async {
        guard permit.isProbe else { return }
        _ = await decide { circuit, _ in
            circuit.gaveUpProbe(token: permit.token)
            return ((), nil)
        }
    }

    /// Whether Redis has all that was decided; what it has not heard it will not be told by itself.
    package var isTold: Bool { !isAhead }

    /// A health check that spends nothing succeeded.
    package func checkedWell() async {
        let policy = policy
        _ = await decide { circuit, now in ((), circuit.checkedWell(at: now, policy: policy)) }
    }

    package func checkedBadly(message: String) async {
        _ = await decide { circuit, now in
            circuit.checkedBadly(message, at: now)
            return ((), nil)
        }
        logger.debug("provider not well", metadata: ["provider": "\(provider)", "error": "\(message)"])
    }

    /// The configuration changed: what stopped the provider is tried anew.
    package func tryAnew() async {
        _ = await decide { circuit, now in
            circuit.tryAnew(at: now)
            return ((), nil)
        }
    }

    /// The circuit as it is now.
    package func look() async -> Circuit {
        _ = await decide { _, _ in ((), nil) }
        return circuit
    }

    /// Decides with Redis, or, while it is away, with what was last seen.
    /// - Returns: the decision's answer, and the time it was made at, ms since 1970 by the server's clock.
    private func decide<Answer: Sendable>(
        _ decision: @escaping @Sendable (inout Circuit, Int64) -> (answer: Answer, change: Circuit.Change?)
    ) async -> (Answer, Int64) {
        let store = store, host = host
        let own = isAhead ? circuit : nil
        do throws(RedisError) {
            let made = try await client.use { connection throws(RedisError) in
                try connection.decide(store, by: host) { circuit, now in
                    if let own, own.generation > circuit.generation { circuit = own }
                    return decision(&circuit, now)
                }
            }
            let before = circuit
            circuit = made.circuit
            isAhead = false
            lastReading = ContinuousClock().now
            clockOffset = made.nowMilliseconds - HostClock.wallMilliseconds
            await tell(made.change, before: before)
            return (made.answer, made.nowMilliseconds)
        } catch {
            logger.debug("the circuit is decided without Redis: \(error)")
            let before = circuit
            let now = HostClock.wallMilliseconds + clockOffset
            let (answer, change) = decision(&circuit, now)
            if circuit != before { isAhead = true }
            await tell(change, before: before)
            return (answer, now)
        }
    }

    private func tell(_ change: Circuit.Change?, before: Circuit) async {
        if let change {
            await onChange(Event(provider: provider, change: change, circuit: circuit))
        } else if before.state != .closed, circuit.state == .closed {
            // Another companion, or a person, closed it: what waits here becomes due all the same.
            let down = max(0, circuit.sinceMilliseconds - before.downSinceMilliseconds)
            await onChange(Event(provider: provider, change: .closed(afterMilliseconds: down), circuit: circuit))
        } else if before.waitUntilMilliseconds > 0, circuit.waitUntilMilliseconds == 0 {
            await onLift()
        }
    }
}
