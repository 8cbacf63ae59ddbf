/// A provider's circuit as it is kept: the hash `circuit:<provider>:<fingerprint>`. ISO times for people, milliseconds
/// beside them.
package struct CircuitRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case state, since, reason, message, generation, failures, openings, window, revision, unanswered
        case sinceMilliseconds = "since_ms"
        case downSinceMilliseconds = "down_since_ms"
        case openUntil = "open_until"
        case openUntilMilliseconds = "open_until_ms"
        case probeToken = "probe_token"
        case probeUntil = "probe_until"
        case probeUntilMilliseconds = "probe_until_ms"
        case lastCheckAt = "last_check_at"
        case lastCheckMilliseconds = "last_check_ms"
        case checkFailed = "check_failed"
        case checkMessage = "check_message"
        case lastSuccessAt = "last_success_at"
        case lastSuccessMilliseconds = "last_success_ms"
        case lastFailureAt = "last_failure_at"
        case lastFailureMilliseconds = "last_failure_ms"
        case lastFailureReason = "last_failure_reason"
        case lastFailureMessage = "last_failure_message"
        case waitUntil = "wait_until"
        case waitUntilMilliseconds = "wait_until_ms"
    }

    package var circuit: Circuit
    /// Counts the decisions that were kept: a decision upon an older one is not.
    package var revision: Int64

    package init(circuit: Circuit, revision: Int64 = 0) {
        self.circuit = circuit
        self.revision = revision
    }

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        revision = fields.whole(.revision) ?? 0
        circuit = Circuit()
        circuit.state = fields[.state].flatMap(Circuit.State.init) ?? .closed
        circuit.sinceMilliseconds = fields.whole(.sinceMilliseconds) ?? 0
        circuit.reason = fields.text(.reason)
        circuit.message = fields.text(.message)
        circuit.generation = fields.whole(.generation) ?? 0
        circuit.failures = fields.whole(.failures) ?? 0
        circuit.openings = fields.whole(.openings) ?? 0
        circuit.downSinceMilliseconds = fields.whole(.downSinceMilliseconds) ?? 0
        circuit.openUntilMilliseconds = fields.whole(.openUntilMilliseconds)
        circuit.probeToken = fields.text(.probeToken)
        circuit.probeUntilMilliseconds = fields.whole(.probeUntilMilliseconds) ?? 0
        circuit.lastCheckMilliseconds = fields.whole(.lastCheckMilliseconds) ?? 0
        circuit.hasCheckFailed = fields.flag(.checkFailed)
        circuit.checkMessage = fields.text(.checkMessage)
        circuit.lastSuccessMilliseconds = fields.whole(.lastSuccessMilliseconds) ?? 0
        circuit.lastFailureMilliseconds = fields.whole(.lastFailureMilliseconds) ?? 0
        circuit.lastFailureReason = fields.text(.lastFailureReason)
        circuit.lastFailureMessage = fields.text(.lastFailureMessage)
        circuit.unanswered = fields.whole(.unanswered) ?? 0
        circuit.waitUntilMilliseconds = fields.whole(.waitUntilMilliseconds) ?? 0
        circuit.window = fields.text(.window).split(separator: " ").compactMap(Circuit.Bucket.init(text:))
        if circuit.state == .open, circuit.openUntilMilliseconds == nil, circuit.reason.isEmpty {
            circuit.openUntilMilliseconds = 0
        }
    }

    /// Without the revision, which the script that keeps it counts.
    package var fields: [String: String] {
        func time(_ milliseconds: Int64) -> String { milliseconds > 0 ? ISOTime.text(milliseconds) : "" }
        var fields = RecordFields<Field>()
        fields[.state] = circuit.state.rawValue
        fields[.since] = time(circuit.sinceMilliseconds)
        fields.set(.sinceMilliseconds, circuit.sinceMilliseconds)
        fields[.reason] = circuit.reason
        fields[.message] = circuit.message
        fields.set(.generation, circuit.generation)
        fields.set(.failures, circuit.failures)
        fields.set(.openings, circuit.openings)
        fields.set(.downSinceMilliseconds, circuit.downSinceMilliseconds)
        fields[.openUntil] = circuit.openUntilMilliseconds.map(time) ?? ""
        fields[.openUntilMilliseconds] = circuit.openUntilMilliseconds.map { String($0) } ?? ""
        fields[.probeToken] = circuit.probeToken
        fields[.probeUntil] = time(circuit.probeUntilMilliseconds)
        fields.set(.probeUntilMilliseconds, circuit.probeUntilMilliseconds)
        fields[.lastCheckAt] = time(circuit.lastCheckMilliseconds)
        fields.set(.lastCheckMilliseconds, circuit.lastCheckMilliseconds)
        fields[.checkMessage] = circuit.checkMessage
        fields.set(.checkFailed, circuit.hasCheckFailed)
        fields[.lastSuccessAt] = time(circuit.lastSuccessMilliseconds)
        fields.set(.lastSuccessMilliseconds, circuit.lastSuccessMilliseconds)
        fields[.lastFailureAt] = time(circuit.lastFailureMilliseconds)
        fields.set(.lastFailureMilliseconds, circuit.lastFailureMilliseconds)
        fields[.lastFailureReason] = circuit.lastFailureReason
        fields[.lastFailureMessage] = circuit.lastFailureMessage
        fields.set(.unanswered, circuit.unanswered)
        fields[.waitUntil] = time(circuit.waitUntilMilliseconds)
        fields.set(.waitUntilMilliseconds, circuit.waitUntilMilliseconds)
        fields[.window] = circuit.window.map(\.text).joined(separator: " ")
        return fields.hash
    }
}

extension Circuit.Bucket {
    /// `<start ms>:<calls>:<failures>`; nil for what no circuit writes.
    fileprivate init?(text: Substring) {
        let parts = text.split(separator: ":").compactMap { StoredNumber.of($0) }
        guard parts.count == 3, parts[1] >= 0, parts[2] >= 0, parts[1] < 1 << 40, parts[2] <= parts[1] else {
            return nil
        }
        self.init(startMilliseconds: parts[0], calls: parts[1], failures: parts[2])
    }

    fileprivate var text: String { "\(startMilliseconds):\(calls):\(failures)" }
}
