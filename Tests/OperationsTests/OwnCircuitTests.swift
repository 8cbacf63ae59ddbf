import Domain
import LanguageModel
import Operations
import Settings
import Storage
import TestSupport
import Testing

/// After a change of key or provider the circuit of the one before stays in Redis: nobody's remedy stumbles over it.
@Suite(.redisServer) struct OwnCircuitTests {
    private static let provider =
        #"{"provider": {"kind": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m"}}"#

    private func open(_ provider: ProviderID, in test: TestPlace) throws {
        let store = CircuitStore(keys: test.keys, provider: provider)
        _ = try test.connection.decide(store, by: "h") { circuit, now in ((), circuit.force(open: true, at: now)) }
    }

    @Test func theOneOfTheConfiguredProviderIsMeant() throws {
        let test = try TestPlace(Self.provider)
        try open(ProviderID(name: "openai", fingerprint: "0ldkey00"), in: test)
        try open(ProviderID(name: "anthropic", fingerprint: "0ldkey01"), in: test)
        let own = ProviderID(name: "openai", fingerprint: try ProviderEndpoint(test.place.settings).fingerprint)
        try open(own, in: test)

        #expect(try test.place.circuits().filter(\.configured).map(\.provider) == [own.description])
        let closed = try test.place.forceCircuit(open: false, of: nil)
        #expect(closed.provider == own.description && !closed.isOpen && closed.configured)
        #expect(try test.place.circuits().filter(\.isOpen).count == 2)
        // By their names all can be reached, and a name that two have is asked about.
        #expect(throws: Failure.self) { try test.place.forceCircuit(open: false, of: "openai") }
        #expect(try !test.place.forceCircuit(open: false, of: "openai:0ldkey00").configured)
    }

    @Test func anotherProvidersIsNobodysOwn() throws {
        let test = try TestPlace(Self.provider)
        let other = ProviderID(name: "anthropic", fingerprint: "0ther000")
        try open(other, in: test)
        #expect(throws: Failure.self) { try test.place.forceCircuit(open: false, of: nil) }
        #expect(try test.place.circuits().filter(\.configured).isEmpty)
    }

    /// Whoever retries means now.
    @Test func aRetryEndsTheTimeThatTheProviderNamed() throws {
        let test = try TestPlace(Self.provider)
        let own = ProviderID(name: "openai", fingerprint: try ProviderEndpoint(test.place.settings).fingerprint)
        let store = CircuitStore(keys: test.keys, provider: own)
        let limited = FailureClass(
            category: .rateLimit, isRetryable: true, countsAgainstCircuit: false, retryAfterSeconds: 600)
        func wait() throws {
            _ = try test.connection.decide(store, by: "h") { circuit, now in
                (
                    (),
                    circuit.failed(
                        limited, generation: circuit.generation, token: "", at: now, policy: CircuitPolicy(),
                        random: 0)
                )
            }
        }
        try wait()
        let view = try #require(try test.place.circuits().first)
        #expect(view.wait_until != nil && view.sentence.contains("asks us to wait until"), "\(view.sentence)")
        _ = try test.place.retry([String(repeating: "a", count: 32)])
        #expect(try test.place.circuits().first?.wait_until == nil)
        try wait()
        #expect(try test.place.forceCircuit(open: false, of: nil).wait_until == nil)
    }

    @Test func withoutItsOwnTheOneCheckedLastIs() throws {
        let test = try TestPlace(Self.provider)
        #expect(throws: Failure.self) { try test.place.forceCircuit(open: false, of: nil) }
        try open(ProviderID(name: "openai", fingerprint: "0ther000"), in: test)
        #expect(try test.place.forceCircuit(open: false, of: nil).provider == "openai:0ther000")
    }
}
