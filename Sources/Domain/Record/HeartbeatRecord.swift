/// A companion's word that it lives: the hash `companion:<host>`.
package struct HeartbeatRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case pid, version, pool
        case clockAheadMilliseconds = "clock_ahead_ms"
        case startedAt = "started_at"
        case startedMilliseconds = "started_ms"
        case beatAt = "beat_at"
    }

    package var pid: Int32?
    package var version: String?
    /// Since 1970.
    package var startedMilliseconds: Int64?
    /// ISO 8601, by the server's clock.
    package var beatAt: String?
    /// By how much its clock is ahead of the server's, ms; negative where it is behind.
    package var clockAheadMilliseconds: Int64?
    /// Whose queue it works on.
    package var pool: String?
    package var report = CompanionReport()

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        pid = fields[.pid].flatMap { Int32($0) }
        version = fields[.version]
        startedMilliseconds = fields.whole(.startedMilliseconds)
        beatAt = fields[.beatAt]
        clockAheadMilliseconds = fields.whole(.clockAheadMilliseconds)
        pool = fields[.pool]
        report = CompanionReport(fields: hash)
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields.set(.pid, pid.map(Int64.init))
        fields[.version] = version
        fields[.startedAt] = startedMilliseconds.map { ISOTime.text($0) }
        fields.set(.startedMilliseconds, startedMilliseconds)
        fields[.beatAt] = beatAt
        fields.set(.clockAheadMilliseconds, clockAheadMilliseconds)
        fields[.pool] = pool
        return fields.hash.merging(report.fields) { own, _ in own }
    }
}
