internal import Domain
internal import Operations

// How tools do, and what programs tell of theirs.
extension OperationsBackend {
    package func tools() async throws(BackendError) -> [UInt8] { try await json { try $0.tools() } }

    package func tool(_ name: String) async throws(BackendError) -> [UInt8] { try await json { try $0.tool(name) } }

    package func advice(on tool: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.advice(on: tool) }
    }

    package func record(outcome: [UInt8], of tool: String) async throws(BackendError) -> [UInt8] {
        try await json { place in try place.record(try OfferedOutcome(parsing: outcome), of: tool) }
    }
}
