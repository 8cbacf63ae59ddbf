internal import Domain

/// How reliable it was over a period, and by what that is seen. What nobody knows is null.
package struct ReliabilityReport: Encodable, Sendable {
    package let host: String
    package let since: Timestamp
    package let until: Timestamp
    /// One sentence.
    package internal(set) var sentence = ""
    /// The product of the shares that are known, percent.
    @OrNull package var score_percent: Double?
    package let target_percent = ReliabilityScore.targetPercent
    /// Shares of which nothing is known, and which so do not count.
    package internal(set) var unknown: [String] = []
    package let uptime: Uptime
    package let integrity: Integrity
    package let sync: Chore
    package let checkpoints: Chore
    package let audits: Chore
    package let recovery: Recovery
    package let loss: Loss
    /// As they were watched last, the worst first.
    package let figures: [WatchFigure]
    package let troubles: [PastTrouble]

    package struct Uptime: Encodable, Sendable {
        @OrNull package var share_percent: Double?
        package let up_seconds: Double
        package let down_seconds: Double
        /// The machine was off or asleep, nobody wanted a companion, or it was before the first heartbeat.
        package let unknown_seconds: Double
        package let lowered_by: [Loss]

        package struct Loss: Encodable, Sendable {
            package let cause: String
            package let times: Int
            package let seconds: Double
        }
    }

    package struct Integrity: Encodable, Sendable {
        /// Of what audits looked at, what was as it should be.
        @OrNull package var share_percent: Double?
        package let looked_at: Int64
        package let bad: Int64
        package let mended: Int64
        package let not_mended: Int64
    }

    package struct Chore: Encodable, Sendable {
        package let runs: Int64
        package let failed: Int64
        @OrNull package var succeeded_percent: Double?
        package let items: Int64
        package let bytes: Int64
        package let seconds: Double
        @OrNull package var last_run: Timestamp?
        @OrNull package var last_success: Timestamp?
    }

    package struct Recovery: Encodable, Sendable {
        /// From the beginning of what failed to its end.
        @OrNull package var mean_seconds: Double?
        package let target_seconds = Double(ReliabilityScore.targetRecoveryMilliseconds) / 1000
        @OrNull package var succeeded_percent: Double?
        package let target_percent = ReliabilityScore.targetRecoveredPercent
        package let open: Int
        package let by_cause: [Cause]
        /// One by one, the latest first, 100 at most.
        package let latest: [Event]

        package struct Event: Encodable, Sendable {
            package let cause: String
            /// Of which thing; empty where there is only one.
            package let subject: String
            package let began: Timestamp
            @OrNull package var ended: Timestamp?
            /// open, recovered, failed.
            package let outcome: String
            package let attempts: Int64
            package let detail: String
        }

        package struct Cause: Encodable, Sendable {
            package let cause: String
            package let times: Int
            package let recovered: Int
            package let failed: Int
            package let open: Int
            @OrNull package var mean_seconds: Double?
            package let longest_seconds: Double
        }
    }

    package struct Loss: Encodable, Sendable {
        package let bytes: Int64
        package let episodes: Int64
        /// What the ledger counted last.
        @OrNull package var of_bytes: Int64?
        @OrNull package var percent: Double?
        package let target_percent = ReliabilityScore.targetLossPercent
    }

    package struct PastTrouble: Encodable, Sendable {
        package let kind: String
        package let severity: String
        package let began: Timestamp
        @OrNull package var ended: Timestamp?
        package let what: String
    }
}

/// A watched figure as people and programs read it.
package struct WatchFigure: Codable, Sendable {
    package let indicator: String
    /// Whose; empty where there is only one.
    package let subject: String
    package let value: Double
    package let unit: String
    package let level: String
    package let at: Timestamp
    package let remark: String
    /// With its unit and its remark.
    package let text: String
    @OrNull package var warning: Double?
    @OrNull package var critical: Double?

    init(_ figure: WatchedFigure, _ policy: WatchPolicy) {
        indicator = figure.indicator.rawValue
        subject = figure.subject
        value = figure.value
        unit = figure.indicator.unit.rawValue
        level = figure.level.name
        at = Timestamp(figure.milliseconds)
        remark = figure.remark
        text = figure.text
        let bounds = policy.bounds(of: figure.indicator)
        warning = bounds.warning
        critical = bounds.critical
    }

    package var title: String {
        let name = Indicator(rawValue: indicator)?.title ?? indicator
        return subject.isEmpty ? name : "\(subject): \(name)"
    }
}
