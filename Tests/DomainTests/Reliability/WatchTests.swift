import Domain
import TestSupport
import Testing

struct WatchTests {
    @Test(arguments: [
        (Indicator.latency, 4999.0, WatchLevel.well), (.latency, 5000, .warning), (.latency, 10_000, .critical),
        (.latencyRise, 49, .well), (.latencyRise, 50, .warning), (.latencyRise, 5000, .warning),
        (.errorRate, 4.9, .well), (.errorRate, 5, .warning), (.errorRate, 10, .critical),
        (.rateLimitLeft, 20, .well), (.rateLimitLeft, 19.9, .warning), (.rateLimitLeft, 0, .critical),
        (.syncLag, 299, .well), (.syncLag, 300, .warning), (.syncLag, 900, .critical),
        (.conflictRate, 0.9, .well), (.conflictRate, 1, .warning), (.conflictRate, 5, .critical),
        (.daysUntilFull, 14, .well), (.daysUntilFull, 13.9, .warning), (.daysUntilFull, 3, .critical),
        (.failedSyncs, 0, .well), (.failedSyncs, 1, .warning), (.failedSyncs, 3, .critical),
        (.divergentBytes, 1e15, .well),
    ])
    func levelsBeginAtTheirBounds(indicator: Indicator, value: Double, level: WatchLevel) {
        #expect(WatchPolicy().level(of: value, indicator) == level)
    }

    @Test func theLatencyIsThatOfTheLastFiveMinutes() {
        var window = CallWindow()
        for _ in 0..<95 { window.add(took: 10, failed: false, at: 1_000_000) }
        for _ in 0..<5 { window.add(took: 9000, failed: false, at: 1_000_000) }
        #expect(window.p95(at: 1_000_000) == 10)
        window.add(took: 9000, failed: false, at: 1_000_001)
        #expect(window.p95(at: 1_000_001) == 9000)
        #expect(window.p95(at: 1_000_000 + CallWindow.latencySpan + 1) == nil)
    }

    @Test func aShareOfFailuresIsToldOfEnoughCallsOnly() {
        var window = CallWindow()
        for _ in 0..<19 { window.add(took: 1, failed: true, at: 5) }
        #expect(window.failedPercent(atLeast: 20, at: 6) == nil)
        window.add(took: 1, failed: false, at: 5)
        #expect(window.failedPercent(atLeast: 20, at: 6) == 95)
        #expect(window.failedPercent(atLeast: 20, at: 6 + CallWindow.span) == nil)
    }

    @Test func aWindowHasABound() {
        var window = CallWindow()
        for _ in 0..<3 * CallWindow.most { window.add(took: 1, failed: false, at: 1) }
        #expect(window.p95(at: 1) == 1)
    }

    @Test func aLimitIsUsedUpAtItsPace() {
        var pace = RateLimitPace()
        pace.saw(share: 0.8, reset: 10_000_000, at: 0)
        #expect(pace.usedUp(at: 0) == nil)
        pace.saw(share: 0.6, reset: 10_000_000, at: 1_000_000)
        #expect(pace.leftPercent(at: 1_000_000) == 60)
        #expect(pace.usedUp(at: 1_000_000) == 4_000_000)
        // Full again before.
        pace.saw(share: 0.59, reset: 1_500_000, at: 1_100_000)
        #expect(pace.usedUp(at: 1_100_000) == nil)
        #expect(pace.leftPercent(at: 1_500_000) == 100)
        // Nobody says until when it is used up: a call that is granted, or a minute, ends that.
        pace.saw(share: 0, reset: nil, at: 2_000_000)
        #expect(pace.leftPercent(at: 2_030_000) == 0)
        #expect(pace.leftPercent(at: 2_060_000) == nil)
        pace.wasGranted(at: 2_000_000)
        #expect(pace.leftPercent(at: 2_030_000) == 0)
        pace.wasGranted(at: 2_000_001)
        #expect(pace.leftPercent(at: 2_030_000) == nil)
        // A new window begins anew.
        pace.saw(share: 0.9, reset: 10_000_000, at: 1_600_000)
        #expect(pace.usedUp(at: 1_600_000) == nil)
    }
}

struct GrowthFitTests {
    private static let hour: Int64 = 3_600_000

    /// So many hours of steady growth, MB a day.
    private func grown(_ perDay: Double, hours: Int) -> [(milliseconds: Int64, value: Double)] {
        (0..<hours).map { (Int64($0) * Self.hour, 1000 + perDay * Double($0) / 24) }
    }

    @Test func whatGrowsEvenlyIsFullInTime() throws {
        let fit = try #require(GrowthFit(grown(10, hours: 14 * 24)))
        #expect(abs(fit.perDay - 10) < 1e-9)
        let days = try #require(fit.daysUntil(1240, from: 1140))
        #expect(abs(days - 10) < 1e-6)
    }

    @Test func whatShrinksOrStaysIsNeverFull() throws {
        #expect(try #require(GrowthFit(grown(-5, hours: 100))).daysUntil(2000, from: 1000) == nil)
        #expect(try #require(GrowthFit(grown(0, hours: 100))).daysUntil(2000, from: 1000) == nil)
        #expect(try #require(GrowthFit(grown(0, hours: 100))).daysUntil(900, from: 1000) == 0)
    }

    @Test func aFewHoursSayNothing() {
        #expect(GrowthFit(grown(10, hours: 24)) == nil)
        #expect(GrowthFit([]) == nil)
        #expect(GrowthFit(Array(repeating: (0, 1), count: 100)) == nil)
    }

    /// A fifth of the points is anything: an import, a pruning, a broken counter.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func aFifthOfThePointsCannotMisleadIt(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let growth = Double.random(in: 1...100, using: &random)
        var points = grown(growth, hours: 336)
        for index in points.indices where Int.random(in: 0..<5, using: &random) == 0 {
            points[index].value = Double.random(in: -1e6...1e6, using: &random)
        }
        let fit = try #require(GrowthFit(points))
        #expect(abs(fit.perDay - growth) < growth * 0.25 + 0.5)
    }
}
