internal import Domain
package import Logging
internal import Redis
package import Settings
internal import Storage

/// What became of a call of ours: of the provider, the webhook, the second copy, a sink.
struct EndedOwnCall: Sendable {
    var tool: ToolName
    var outcome: ToolHealth.Outcome
}

/// Has the calls that this companion makes in the records of tools, beside those of agents.
package struct OwnCalls: Sendable {
    private let settings: LiveSettings
    private let host: String
    private let client: RedisClient
    private let calls: RemoteCalls
    private let logger: Logger

    package init(settings: LiveSettings, host: String, client: RedisClient, calls: RemoteCalls, logger: Logger) {
        self.settings = settings
        self.host = host
        self.client = client
        self.calls = calls
        self.logger = logger
    }

    package func service() -> Periodic {
        Periodic(name: "own calls") { [self] in
            await tell()
            return .seconds(5)
        }
    }

    private func tell() async {
        var ended = calls.takeEnded()
        let keys = settings.atStart.keys
        // Told by who is concerned with them (`LiveSettings`).
        let policies = (try? settings.current.toolPolicies()) ?? ToolPolicies()
        while let call = ended.first {
            do throws(RedisError) {
                try await client.use { connection throws(RedisError) in
                    try connection.decide(ToolStore(keys: keys, tool: call.tool), by: host) { health, _ in
                        health.take(call.outcome, policies[call.tool])
                    }
                }
            } catch {
                calls.keep(ended, isEarlier: true)
                return logger.debug("calls of ours wait to be counted: \(error)")
            }
            ended.removeFirst()
        }
    }
}
