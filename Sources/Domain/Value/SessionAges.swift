/// How long a binding may stay unused before it is dropped: for all agents, and for single ones.
package struct SessionAges: Sendable, Equatable {
    package static let standard = SessionAges(standardMilliseconds: 86_400_000)

    package var standardMilliseconds: Int64
    package var byAgentMilliseconds: [String: Int64]

    package init(standardMilliseconds: Int64, byAgentMilliseconds: [String: Int64] = [:]) {
        self.standardMilliseconds = standardMilliseconds
        self.byAgentMilliseconds = byAgentMilliseconds
    }

    package func milliseconds(for key: DispatchKey) -> Int64 {
        byAgentMilliseconds[key.agent] ?? standardMilliseconds
    }
}
