package import Domain
package import Redis

/// How the registry stands, in one round trip, whatever the number of sessions; and the server, which needs no key.
package struct RegistryOverview: RedisQuery {
    package struct Answer: Sendable {
        package var server: ServerReport
        /// Why the server takes no writes of the registry; nil where it does.
        package var writeFailure: RedisError?
        /// The server's clock, ms since 1970.
        package var serverMilliseconds: Int64
        /// When it takes snapshots; empty for never, nil where it does not tell.
        package var snapshots: String?
        package var counters: [String: Int64]
        /// Sessions that have a record.
        package var recorded: Int64
        /// Dispatch keys with a session, and those whose session may still be resumed.
        package var bound: Int64
        package var resumable: Int64
        /// Those that have not ended, the one used last first; some two hundred at most.
        package var open: [SessionID]
        package var providers: [ProviderID]
        /// The latest first.
        package var circuitChanges: [CircuitChange]
        /// By their last heartbeat, the latest first.
        package var companions: [Companion]
        /// Those that were heard of last, the latest first.
        package var tools: [ToolName]
    }

    package struct CircuitChange: Sendable {
        /// Since 1970.
        package var milliseconds: Int64
        package var record: CircuitChangeRecord
    }

    package struct Companion: Sendable {
        package var host: String
        /// Since 1970.
        package var beatMilliseconds: Int64
    }

    private let write: TryWriting
    private let info = INFO(), time = TIME(), save = CONFIGGET("save")
    private let counters: Counters
    private let recorded: ZCARD
    private let bound, resumable: ZCOUNT
    private let open: SessionIDs
    private let providers: SMEMBERS
    private let changes: XREVRANGE
    private let companions: ZRANGE.WithScores
    private let tools: ZRANGE

    private static let toolCount = 200

    fileprivate init(_ registry: SessionRegistry, now: Int64) {
        let keys = registry.keys
        write = TryWriting(keys.written)
        counters = registry.counters
        recorded = registry.count
        // The score is the backstop expiry, a day after the end of what may be resumed.
        bound = ZCOUNT(keys.bindings, .from(now), .highest)
        resumable = ZCOUNT(keys.bindings, .from(now + 86_400_000), .highest)
        open = registry.open(200)
        providers = SMEMBERS(keys.circuits)
        changes = XREVRANGE(keys.circuitChanges, count: 50)
        companions = ZRANGE(keys.companions, 0..<100, fromHighest: true).withScores
        tools = ZRANGE(keys.tools, 0..<Self.toolCount, fromHighest: true)
    }

    package var requests: [RedisRequest] {
        write.requests + [
            info.request, time.request, save.request, counters.request, recorded.request, bound.request,
            resumable.request, open.request, providers.request, changes.request, companions.request,
            tools.request,
        ]
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        let writeFailure = try write.decode(&replies)
        return Answer(
            server: try info.decode(&replies), writeFailure: writeFailure,
            serverMilliseconds: try time.decode(&replies),
            snapshots: try save.decode(&replies), counters: try counters.decode(&replies),
            recorded: try recorded.decode(&replies), bound: try bound.decode(&replies),
            resumable: try resumable.decode(&replies), open: try open.decode(&replies),
            providers: try providers.decode(&replies).compactMap(ProviderID.init),
            circuitChanges: try changes.decode(&replies).compactMap { entry in
                entry.milliseconds.map { CircuitChange(milliseconds: $0, record: .init(fields: entry.fields)) }
            },
            companions: try companions.decode(&replies).map { Companion(host: $0.member, beatMilliseconds: $0.score) },
            tools: try tools.decode(&replies).compactMap { ToolName(rawValue: $0) })
    }
}

/// What is asked of the registry once it is known which companions, sessions and circuits there are.
package struct RegistryDetails: RedisQuery {
    package struct Answer: Sendable {
        /// Each nil where there is none, in the order in which they were asked for.
        package var heartbeats: [HeartbeatRecord?]
        package var sessions: [SessionRecord?]
        package var circuits: [CircuitRecord?]
        package var tools: [ToolRecord?]
    }

    private let heartbeats: ForEach<ReadRecord<HeartbeatRecord>>
    private let sessions: ForEach<ReadRecord<SessionRecord>>
    private let circuits: ForEach<ReadRecord<CircuitRecord>>
    private let tools: ForEach<ReadRecord<ToolRecord>>

    /// Of a session no more than says whether it is driven: there may be hundreds.
    private static let driven = [
        SessionRecord.Field.host, .pid, .processStart, .lastEvent, .state, .lastUsedMilliseconds,
    ].map(\.rawValue)

    fileprivate init(
        _ registry: SessionRegistry, hosts: [String], sessions: [SessionID], providers: [ProviderID], tools: [ToolName]
    ) {
        heartbeats = ForEach(hosts.map(registry.heartbeat(of:)))
        self.sessions = ForEach(sessions.map { ReadRecord(registry.keys.session($0), only: Self.driven) })
        circuits = ForEach(providers.map { ReadRecord(registry.keys.circuit($0)) })
        self.tools = ForEach(tools.map { ReadRecord(registry.keys.tool($0)) })
    }

    package var requests: [RedisRequest] {
        heartbeats.requests + sessions.requests + circuits.requests + tools.requests
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        Answer(
            heartbeats: try heartbeats.decode(&replies), sessions: try sessions.decode(&replies),
            circuits: try circuits.decode(&replies), tools: try tools.decode(&replies))
    }
}

extension SessionRegistry {
    /// - Parameter now: ms since 1970.
    package func overview(now: Int64) -> RegistryOverview { RegistryOverview(self, now: now) }

    package func details(
        hosts: [String], sessions: [SessionID], providers: [ProviderID], tools: [ToolName] = []
    ) -> RegistryDetails {
        RegistryDetails(self, hosts: hosts, sessions: sessions, providers: providers, tools: tools)
    }
}
