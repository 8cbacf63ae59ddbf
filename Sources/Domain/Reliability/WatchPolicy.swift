/// From where on a watched figure is a warning, or critical.
package struct WatchPolicy: Sendable, Equatable {
    package var latencyWarningMilliseconds: Int64 = 5000
    package var latencyCriticalMilliseconds: Int64 = 10_000
    package var latencyRisePercent: Int64 = 50
    package var errorsWarningPercent: Int64 = 5
    package var errorsCriticalPercent: Int64 = 10
    /// Of fewer calls no share is told.
    package var errorsMinimumCalls: Int64 = 20
    package var rateLimitWarningPercent: Int64 = 20
    package var syncLagWarningSeconds: Int64 = 300
    package var syncLagCriticalSeconds: Int64 = 900
    package var conflictsWarningPercent: Int64 = 1
    package var conflictsCriticalPercent: Int64 = 5
    package var roomWarningDays: Int64 = 14
    package var roomCriticalDays: Int64 = 3
    package var failedSyncsWarning: Int64 = 1
    package var failedSyncsCritical: Int64 = 3
    /// From one look to the next while sessions are active.
    package var intervalSeconds: Int64 = 300

    /// A shorter latency is not said to rise, ms: twice as long as next to nothing is next to nothing.
    package static let shortestRising = 100.0

    package init() {}

    /// From where on; nil where a figure is never that.
    package func bounds(of indicator: Indicator) -> (warning: Double?, critical: Double?) {
        let bounds: (Int64?, Int64?) =
            switch indicator {
            case .latency: (latencyWarningMilliseconds, latencyCriticalMilliseconds)
            case .latencyRise: (latencyRisePercent, nil)
            case .errorRate: (errorsWarningPercent, errorsCriticalPercent)
            case .rateLimitLeft: (rateLimitWarningPercent, 0)
            case .syncLag: (syncLagWarningSeconds, syncLagCriticalSeconds)
            case .conflictRate: (conflictsWarningPercent, conflictsCriticalPercent)
            case .divergentBytes, .divergentItems, .storedBytes, .passedOnBytes, .countedBytes, .missingBytes:
                (nil, nil)
            case .daysUntilFull: (roomWarningDays, roomCriticalDays)
            case .failedSyncs: (failedSyncsWarning, failedSyncsCritical)
            }
        return (bounds.0.map { Double($0) }, bounds.1.map { Double($0) })
    }

    /// A ceiling is reached at its bound; of a floor a warning begins under it.
    package func level(of value: Double, _ indicator: Indicator) -> WatchLevel {
        let (warning, critical) = bounds(of: indicator)
        if indicator.isFloor {
            if let critical, value <= critical { return .critical }
            return warning.map { value < $0 } ?? false ? .warning : .well
        }
        if let critical, value >= critical { return .critical }
        return warning.map { value >= $0 } ?? false ? .warning : .well
    }

    package func figure(
        _ indicator: Indicator, of subject: String = "", _ value: Double, at now: Int64, remark: String = ""
    ) -> WatchedFigure {
        WatchedFigure(indicator, of: subject, value, level: level(of: value, indicator), at: now, remark: remark)
    }
}
