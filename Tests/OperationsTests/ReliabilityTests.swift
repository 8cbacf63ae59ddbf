import Chronicle
import Domain
import Operations
import Platform
import Settings
import TestSupport
import Testing

/// What is said of a period, from what its chronicle holds.
@Suite(.redisServer) struct ReliabilityTests {
    private let place: TestPlace

    init() throws { place = try TestPlace() }

    private var chronicle: Chronicle { get throws { try Chronicle.open(place.place.settings.state.chronicle) } }

    private func present(_ companion: String, _ range: ClosedRange<Int64>, isServing: Bool = true) throws {
        let now = HostClock.now(), chronicle = try chronicle
        for minute in range {
            var moment = now
            moment.wallMilliseconds += minute * 60_000
            try chronicle.present(
                companion, isServing: isServing, at: moment, bootedMilliseconds: now.wallMilliseconds - 86_400_000_000)
        }
    }

    @Test func withoutAChronicleNothingIsKnown() throws {
        let report = try place.place.reliability()
        #expect(report.score_percent == nil)
        #expect(report.unknown == ["uptime", "integrity", "sync"])
        #expect(report.sentence.hasPrefix("Nothing is known yet"))
    }

    @Test func theScoreSaysWhatLoweredIt() throws {
        try present("a", -200...(-100))
        try present("b", -60...0)
        let now = HostClock.wallMilliseconds
        try chronicle.note(
            Incident(
                .companionGone, began: now - 6_000_000, ended: now - 3_600_000, outcome: .recovered, attempts: 1))
        var audit = ChoreTally()
        audit.runs = 1
        audit.items = 200
        audit.bad = 2
        audit.mended = 1
        audit.lastMilliseconds = now
        audit.lastSuccessMilliseconds = now
        try chronicle.count(.audit, audit)
        try chronicle.began(.providerDown, of: "anthropic", at: now - 1000)
        let report = try place.place.reliability(since: now - 12_000_000)
        #expect(report.uptime.share_percent.map { $0.rounded() } == 80)
        #expect(report.uptime.down_seconds.rounded() == 2400)
        #expect(report.integrity.share_percent == 99)
        #expect(report.integrity.not_mended == 1)
        #expect(report.unknown == ["sync"])
        #expect(report.score_percent.map { ($0 * 10).rounded() / 10 } == 79.2)
        #expect(report.recovery.mean_seconds == 2400)
        #expect(report.recovery.succeeded_percent == 100)
        #expect(report.recovery.open == 1)
        #expect(report.sentence.contains("lowered by uptime and integrity; not known: sync; 1 incident not over yet"))
    }

    @Test func aFigureThatIsNotWellIsATrouble() throws {
        let now = HostClock.wallMilliseconds, policy = WatchPolicy()
        try chronicle.note([
            policy.figure(.latency, of: "anthropic", 12_000, at: now), policy.figure(.syncLag, 400, at: now),
            // Nobody has looked since.
            policy.figure(.errorRate, of: "webhook", 100, at: now - 3 * 3_600_000),
        ])
        let status = try place.place.status()
        let critical = try #require(status.troubles.first { $0.kind == .reliability_critical })
        #expect(critical.what == "Watched figures are critical: anthropic: latency, p95 of 5 min 12000 ms")
        #expect(critical.severity == .error)
        let warning = try #require(status.troubles.first { $0.kind == .reliability_warning })
        #expect(warning.what == "Watched figures are not well: sync lag 400 s")
        #expect(status.reliability.shown["remote_latency_ms"] == "12000 ms (anthropic), critical")
    }

    @Test func aChronicleThatCannotBeReadIsSaid() throws {
        try Files.write(String(repeating: "no database ", count: 1000), to: place.place.settings.state.chronicle)
        #expect(try place.place.status().reliability.error?.contains("damaged") == true)
    }
}
