/// What is watched of this host's dealings with others and of its room: a figure, and from where on it is a warning or
/// critical (`WatchPolicy`).
package enum Indicator: String, Sendable, CaseIterable {
    /// 95th percentile of the last five minutes, ms; of one remote API.
    case latency = "remote_latency_ms"
    /// Of that against its own last day, percent.
    case latencyRise = "remote_latency_rise_percent"
    /// Calls that failed, of those of the last 15 minutes, percent.
    case errorRate = "remote_errors_percent"
    /// What an API still grants of its tightest limit, percent.
    case rateLimitLeft = "rate_limit_left_percent"
    /// Age of the oldest change that the second copy lacks, seconds.
    case syncLag = "sync_lag_seconds"
    /// Copies that disagree, of those compared, percent.
    case conflictRate = "copies_in_conflict_percent"
    /// What the second copy lacks, bytes.
    case divergentBytes = "divergent_bytes"
    /// What the second copy lacks, items.
    case divergentItems = "divergent_items"
    /// Until what is kept has no room any more, by its growth of the last 14 days.
    case daysUntilFull = "days_until_full"
    /// In a row.
    case failedSyncs = "failed_syncs"
    /// Of vault, archive and disk, bytes.
    case storedBytes = "stored_bytes"
    /// Of sessions that lie in the second copy and not in the vault, bytes of the client's files.
    case passedOnBytes = "passed_on_bytes"
    /// Of transcripts of the rolling period, bytes that the ledger counted.
    case countedBytes = "counted_bytes"
    /// Of these, those that count as captured and are in no episode.
    case missingBytes = "missing_bytes"

    /// Whether less is worse.
    package var isFloor: Bool { self == .rateLimitLeft || self == .daysUntilFull }

    /// How people read it, without its subject.
    package var title: String {
        switch self {
        case .latency: "latency, p95 of 5 min"
        case .latencyRise: "latency against its last day"
        case .errorRate: "calls that fail, of 15 min"
        case .rateLimitLeft: "rate limit left"
        case .syncLag: "sync lag"
        case .conflictRate: "copies in conflict"
        case .divergentBytes: "bytes that the second copy lacks"
        case .divergentItems: "items that the second copy lacks"
        case .daysUntilFull: "days until there is no room"
        case .failedSyncs: "failed syncs in a row"
        case .storedBytes: "stored bytes"
        case .passedOnBytes: "bytes that the second copy alone has"
        case .countedBytes: "bytes of transcripts that are accounted for"
        case .missingBytes: "bytes that are missing"
        }
    }

    package enum Unit: String, Sendable { case milliseconds, percent, seconds, bytes, items, days, times }

    package var unit: Unit {
        switch self {
        case .latency: .milliseconds
        case .latencyRise, .errorRate, .rateLimitLeft, .conflictRate: .percent
        case .syncLag: .seconds
        case .divergentBytes, .storedBytes, .passedOnBytes, .countedBytes, .missingBytes: .bytes
        case .divergentItems: .items
        case .daysUntilFull: .days
        case .failedSyncs: .times
        }
    }
}

/// How bad a figure is.
package enum WatchLevel: Int, Sendable, Comparable, CaseIterable {
    case well, warning, critical

    package static func < (one: WatchLevel, other: WatchLevel) -> Bool { one.rawValue < other.rawValue }

    package var name: String {
        switch self {
        case .well: "well"
        case .warning: "warning"
        case .critical: "critical"
        }
    }
}

/// One figure as it was watched last.
package struct WatchedFigure: Sendable, Equatable {
    package var indicator: Indicator
    /// Whose: `anthropic`, `webhook`, `api.github.com`, `vault`, `disk`; empty where there is only one.
    package var subject: String
    package var value: Double
    package var level: WatchLevel
    /// When, ms since 1970.
    package var milliseconds: Int64
    /// What the figure alone does not say, as a clause: "used up at 14:20"; empty for nothing.
    package var remark: String

    package init(
        _ indicator: Indicator, of subject: String = "", _ value: Double, level: WatchLevel, at milliseconds: Int64,
        remark: String = ""
    ) {
        self.indicator = indicator
        self.subject = subject
        self.value = value
        self.level = level
        self.milliseconds = milliseconds
        self.remark = remark
    }
}

extension WatchedFigure {
    /// For people: `5.2 s`, `12 %`, `3 days`, with its remark.
    package var text: String { remark.isEmpty ? measure : "\(measure), \(remark)" }

    /// With its unit.
    package var measure: String {
        let whole = Int64(max(-1e15, min(1e15, value.rounded())))
        return switch indicator.unit {
        case .milliseconds: "\(whole) ms"
        case .percent: "\(Double(Int64((max(-1e12, min(1e12, value)) * 10).rounded())) / 10) %"
        case .seconds: "\(whole) s"
        case .bytes: whole >= 10 << 20 ? "\(whole >> 20) MB" : "\(whole) bytes"
        case .items: counted(whole, "item")
        case .days: counted(whole, "day")
        case .times: "\(whole)"
        }
    }
}
