internal import Domain
package import Redis

/// Twin of `change_circuit.lua`: keeps a decision unless another was faster.
package struct ChangeCircuit: NewsScript {
    package struct News: Encodable, Sendable {
        let revision: Int64
        let fields: [String: String]
        let change: String
        let reason: String
        let dispatch_key: String
        let host: String
    }

    package static let source = ScriptText.plain(PackageResources.change_circuit_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}
