internal import Domain
package import Redis

/// Keeps what was decided about a provider, unless another was faster. Twin of `change_circuit.lua`; answers whether it
/// was kept.
package struct ChangeCircuit: JSONScript {
    package struct Argument: Encodable, Sendable {
        let revision: Int64
        let fields: [String: String]
        let change: String
        let reason: String
        let host: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.change_circuit_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}
