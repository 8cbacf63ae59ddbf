/// How a tool does as it is kept: the hash `tool:<name>`. ISO times for people, milliseconds beside them.
package struct ToolRecord: Sendable, Equatable, HashRecord {
    package enum Field: String, CaseIterable, Sendable {
        case state, since, revision, minutes, hours, calls, failures, told, failing, applied
        case sinceMilliseconds = "since_ms"
        case failuresInARow = "failures_in_a_row"
        case successesInARow = "successes_in_a_row"
        case lastSuccessAt = "last_success_at"
        case lastSuccessMilliseconds = "last_success_ms"
        case lastFailureAt = "last_failure_at"
        case lastFailureMilliseconds = "last_failure_ms"
        case lastErrorClass = "last_error_class"
        case lastErrorMessage = "last_error_message"
        case lastErrorSession = "last_error_session"
        case retryAt = "retry_at"
        case retryAtMilliseconds = "retry_at_ms"
        case probeUntilMilliseconds = "probe_until_ms"
    }

    package var health: ToolHealth
    /// Counts what was kept: what was decided upon an older one is not.
    package var revision: Int64
    /// How far what transcripts tell is taken in, by the queue from which it comes: a stream's ID.
    package var applied: [String: String] = [:]

    package init(health: ToolHealth = ToolHealth(), revision: Int64 = 0) {
        self.health = health
        self.revision = revision
    }

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        revision = fields.whole(.revision) ?? 0
        health = ToolHealth()
        health.stored = fields[.state].flatMap(ToolHealth.State.init) ?? .available
        if health.stored == .degraded { health.stored = .available }
        health.sinceMilliseconds = fields.whole(.sinceMilliseconds) ?? 0
        health.failuresInARow = fields.whole(.failuresInARow) ?? 0
        health.successesInARow = fields.whole(.successesInARow) ?? 0
        health.lastSuccessMilliseconds = fields.whole(.lastSuccessMilliseconds) ?? 0
        health.lastFailureMilliseconds = fields.whole(.lastFailureMilliseconds) ?? 0
        health.lastFailure = fields[.lastErrorClass].flatMap(ToolErrorClass.init)
        health.lastMessage = fields.text(.lastErrorMessage)
        health.lastSession = fields.text(.lastErrorSession)
        health.retryAtMilliseconds = fields.whole(.retryAtMilliseconds) ?? 0
        health.probeUntilMilliseconds = fields.whole(.probeUntilMilliseconds) ?? 0
        health.minutes = Self.buckets(fields.text(.minutes))
        health.hours = Self.buckets(fields.text(.hours))
        health.calls = fields.whole(.calls) ?? 0
        health.failures = fields.whole(.failures) ?? 0
        health.told = fields.text(.told).split(separator: " ").map(String.init)
        health.failing = Self.pairs(fields.text(.failing)).compactMapValues { StoredNumber.of($0) }
        applied = Self.pairs(fields.text(.applied))
    }

    /// `<name>=<value> …`.
    private static func pairs(_ text: String) -> [String: String] {
        var pairs: [String: String] = [:]
        for word in text.split(separator: " ") {
            guard let equals = word.lastIndex(of: "=") else { continue }
            pairs[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        return pairs
    }

    private static func text(_ pairs: [String: String]) -> String {
        pairs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func buckets(_ text: String) -> [ToolHealth.Bucket] {
        text.split(separator: ";").compactMap { ToolHealth.Bucket(text: $0) }.sorted { $0.start < $1.start }
    }

    package var fields: [String: String] {
        func time(_ milliseconds: Int64) -> String { milliseconds > 0 ? ISOTime.text(milliseconds) : "" }
        var fields = RecordFields<Field>()
        fields[.state] = health.stored.rawValue
        fields[.since] = time(health.sinceMilliseconds)
        fields.set(.sinceMilliseconds, health.sinceMilliseconds)
        fields.set(.failuresInARow, health.failuresInARow)
        fields.set(.successesInARow, health.successesInARow)
        fields[.lastSuccessAt] = time(health.lastSuccessMilliseconds)
        fields.set(.lastSuccessMilliseconds, health.lastSuccessMilliseconds)
        fields[.lastFailureAt] = time(health.lastFailureMilliseconds)
        fields.set(.lastFailureMilliseconds, health.lastFailureMilliseconds)
        fields[.lastErrorClass] = health.lastFailure?.rawValue ?? ""
        fields[.lastErrorMessage] = health.lastMessage
        fields[.lastErrorSession] = health.lastSession
        fields[.retryAt] = time(health.retryAtMilliseconds)
        fields.set(.retryAtMilliseconds, health.retryAtMilliseconds)
        fields.set(.probeUntilMilliseconds, health.probeUntilMilliseconds)
        fields[.minutes] = health.minutes.map(\.text).joined(separator: ";")
        fields[.hours] = health.hours.map(\.text).joined(separator: ";")
        fields.set(.calls, health.calls)
        fields.set(.failures, health.failures)
        fields[.told] = health.told.joined(separator: " ")
        fields[.failing] = Self.text(health.failing.mapValues { String($0) })
        fields[.applied] = Self.text(applied)
        return fields.hash
    }
}
