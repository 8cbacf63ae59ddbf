package import Domain
package import Redis

/// What a server is among others, and how the companion's relay to it does.
package struct LookAtServer: RedisQuery {
    package struct Answer: Sendable {
        /// `master` or `slave`, as `INFO` says; empty where it refuses to tell.
        package var role: String
        package var replicas: Int64
        /// nil where there is none between.
        package var relay: RelayReport?
    }

    package init() {}

    package var requests: [RedisRequest] { LookAtRelay().requests + [INFO().request] }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        let relay = try LookAtRelay().decode(&replies), report = INFO().read(try replies.nextOrNull())
        return Answer(role: report.role, replicas: report.replicas, relay: relay)
    }
}

/// How the companion's relay does; nil where there is none between. The relay answers, whatever its servers do.
package struct LookAtRelay: RedisQuery {
    package init() {}

    package var requests: [RedisRequest] { [RedisRequest(["RELAY"], mayBeRefused: true)] }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> RelayReport? {
        try replies.nextOrNull().text.flatMap { try? JSONValue(parsing: $0).decode(RelayReport.self) }
    }
}
