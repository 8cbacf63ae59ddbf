package import Archive
package import Domain
package import LanguageModel
internal import Storage

/// What the drain asks for memories: a provider, its circuit and how a memory is made with it.
package protocol MemoryMaking: Sendable {
    var provider: ProviderID { get }
    /// Makes a memory of one episode. Cancelled, it ends the call at once.
    func make(of lease: Lease) async throws(ModelFailure) -> MadeMemory
}

/// A memory and what it took to make it.
package struct MadeMemory: Sendable {
    package var memory: Memory
    package var maker: MemoryMaker
    package var answer: ModelAnswer

    package init(memory: Memory, maker: MemoryMaker, answer: ModelAnswer) {
        self.memory = memory
        self.maker = maker
        self.answer = answer
    }
}

/// A provider in use.
package struct ModelSeat: Sendable {
    package let maker: any MemoryMaking
    package let gate: CircuitGate

    package init(maker: any MemoryMaking, gate: CircuitGate) {
        self.maker = maker
        self.gate = gate
    }
}
