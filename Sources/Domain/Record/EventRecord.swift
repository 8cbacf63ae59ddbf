/// A change that was worth telling: one entry of an `events` stream.
package struct EventRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case event, reason, host, at
        case sessionID = "session_id"
        case dispatchKey = "dispatch_key"
        case episodeID = "episode_id"
    }

    /// What happened: `bound`, `dropped`, `captured`, `circuit_opened`, …
    package var event: String
    /// Of events of circuits the circuit's name.
    package var sessionID: String
    package var dispatchKey: String
    /// Empty for what is not of an episode.
    package var episodeID: String
    package var reason: String
    package var host: String
    /// ISO 8601.
    package var at: String?

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        event = fields.text(.event)
        sessionID = fields.text(.sessionID)
        dispatchKey = fields.text(.dispatchKey)
        episodeID = fields.text(.episodeID)
        reason = fields.text(.reason)
        host = fields.text(.host)
        at = fields[.at]
    }

    /// Tells nothing: it only wakes those who wait for the queue.
    package static let woken = "woken"

    package var isOfCircuit: Bool { event.hasPrefix("circuit_") }
}

/// A change of a circuit's state: one entry of the stream `circuit_changes`.
package struct CircuitChangeRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case provider, state, reason, message, at
    }

    /// `<provider>:<fingerprint>`.
    package var provider: String
    package var state: String
    package var reason: String
    package var message: String
    /// ISO 8601.
    package var at: String?

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        provider = fields.text(.provider)
        state = fields.text(.state)
        reason = fields.text(.reason)
        message = fields.text(.message)
        at = fields[.at]
    }
}
