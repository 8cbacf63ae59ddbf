import Chronicle
import Domain
import Glibc
import Platform
import TestSupport
import Testing

struct ChronicleTests {
    private let scratch: Scratch
    private let file: String

    init() throws {
        scratch = try Scratch()
        file = scratch.path + "/chronicle.sqlite"
    }

    private func moment(_ milliseconds: Int64, boot: String = "one") -> Moment {
        Moment(wallMilliseconds: milliseconds, bootID: boot, bootMilliseconds: milliseconds)
    }

    @Test func severalWhoMakeItAtOnceAllHaveIt() async throws {
        for round in 0..<40 {
            let file = scratch.path + "/made-\(round).sqlite"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try Chronicle.open(file) } }
                try await group.waitForAll()
            }
        }
    }

    @Test func aFigureStandsAsItWasLastAndInItsHour() throws {
        let chronicle = try Chronicle.open(file)
        let policy = WatchPolicy()
        for (value, time) in [(100.0, 0), (200, 3_599_999), (6000, 3_600_000)] as [(Double, Int64)] {
            try chronicle.note([policy.figure(.latency, of: "api", value, at: time)])
        }
        #expect(
            try chronicle.figures() == [WatchedFigure(.latency, of: "api", 6000, level: .warning, at: 3_600_000)])
        let hours = try chronicle.hours(of: .latency, "api", since: 0)
        #expect(hours.map(\.milliseconds) == [0, 3_600_000])
        #expect(hours.map(\.value) == [150, 6000])
        try chronicle.drop(.latency, of: "api")
        #expect(try chronicle.figures().isEmpty)
        #expect(try chronicle.hours(of: .latency, "api", since: 0).count == 2)
    }

    @Test func aWordLengthensOnesOwnStretchOnly() throws {
        let chronicle = try Chronicle.open(file)
        for minute in 0..<10 as Range<Int64> {
            try chronicle.present("a", isServing: true, at: moment(minute * 60_000), bootedMilliseconds: 0)
        }
        // Redis goes, comes back; another companion follows; a long silence.
        try chronicle.present("a", isServing: false, at: moment(600_000), bootedMilliseconds: 0)
        try chronicle.present("a", isServing: true, at: moment(660_000), bootedMilliseconds: 0)
        try chronicle.present("b", isServing: true, at: moment(720_000), bootedMilliseconds: 0)
        try chronicle.stopped("b")
        try chronicle.present("b", isServing: true, at: moment(9_000_000), bootedMilliseconds: 0)
        // A clock that was set back takes nothing away.
        try chronicle.present("b", isServing: true, at: moment(8_000_000), bootedMilliseconds: 0)
        let all = try chronicle.presences(since: 0)
        #expect(all.map(\.companion) == ["a", "a", "a", "b", "b"])
        #expect(all.map(\.untilMilliseconds) == [600_000, 660_000, 660_000, 720_000, 9_000_000])
        #expect(all.map(\.isServing) == [true, false, true, true, true])
        #expect(all.map(\.end) == [.open, .open, .open, .stopped, .open])
        // The one before the period says what its beginning was like.
        #expect(try chronicle.presences(since: 8_000_000).count == 2)
    }

    @Test func whatFailsTwiceIsOneIncidentUntilItIsOver() throws {
        let chronicle = try Chronicle.open(file)
        #expect(try chronicle.began(.providerDown, of: "a", at: 100, detail: "auth") == 1)
        #expect(try chronicle.began(.providerDown, of: "a", at: 200, detail: "quota") == 2)
        #expect(try chronicle.began(.providerDown, of: "b", at: 300) == 1)
        try chronicle.ended(.providerDown, of: "a", at: 500)
        try chronicle.ended(.providerDown, of: "a", at: 900)
        try chronicle.ended(.redisAway, at: 900)
        let all = try chronicle.incidents(since: 0)
        #expect(all.map(\.subject) == ["b", "a"])
        #expect(
            all.last
                == Incident(
                    .providerDown, of: "a", began: 100, ended: 500, outcome: .recovered, attempts: 2, detail: "quota"))
        #expect(try chronicle.incidents(since: 600).map(\.subject) == ["b"])
    }

    @Test func aTroubleHasABeginningAndAnEnd() throws {
        let chronicle = try Chronicle.open(file)
        func trouble(_ kind: String, _ began: Int64) -> Chronicle.Trouble {
            Chronicle.Trouble(kind: kind, severity: "error", began: began, what: "x")
        }
        try chronicle.standing([trouble("redis_down", 10), trouble("disk_full", 20)], at: 30)
        try chronicle.standing([trouble("disk_full", 25)], at: 90)
        let all = try chronicle.troubles(since: 0)
        #expect(all.map(\.kind) == ["disk_full", "redis_down"])
        #expect(all.map(\.beganMilliseconds) == [20, 10])
        #expect(all.map(\.endedMilliseconds) == [nil, 90])
    }

    @Test func choresAddUpByTheHour() throws {
        let chronicle = try Chronicle.open(file)
        for hour in 0..<4 as Range<Int64> {
            var run = ChoreTally()
            run.runs = 1
            run.items = 10
            run.bad = hour == 1 ? 2 : 0
            run.lastMilliseconds = hour * 3_600_000 + 5
            run.failed = hour == 3 ? 1 : 0
            run.lastSuccessMilliseconds = hour == 3 ? nil : run.lastMilliseconds
            try chronicle.count(.audit, run)
        }
        let tally = try chronicle.tally(of: .audit, since: 3_600_000)
        #expect(tally.runs == 3 && tally.items == 30 && tally.bad == 2 && tally.failed == 1)
        #expect(tally.lastMilliseconds == 3 * 3_600_000 + 5 && tally.lastSuccessMilliseconds == 2 * 3_600_000 + 5)
        #expect(try chronicle.tally(of: .sync, since: 0) == ChoreTally())
    }

    @Test func whatIsLostIsSaidOnce() throws {
        let chronicle = try Chronicle.open(file)
        #expect(try chronicle.lost("episode", "e1", bytes: 5, episodes: 1, detail: "", at: 10))
        #expect(try !chronicle.lost("episode", "e1", bytes: 5, episodes: 1, detail: "", at: 20))
        #expect(try chronicle.losses(since: 0) == (1, 5, 1))
        try chronicle.found("episode", "e1")
        #expect(try chronicle.losses(since: 0) == (0, 0, 0))
    }

    /// A year of all that is watched: small, and what is older goes.
    @Test func aYearIsSmall() throws {
        let chronicle = try Chronicle.open(file)
        let names = (0..<12).map { "api-\($0)" }, year: Int64 = 366 * 24, policy = WatchPolicy()
        try chronicle.note(
            names.flatMap { name in
                [Indicator.latency, .errorRate, .latencyRise, .rateLimitLeft].map {
                    policy.figure($0, of: name, 50, at: 0)
                }
            })
        var run = ChoreTally()
        run.runs = 12
        for chore in Chore.allCases { try chronicle.count(chore, run) }
        try SQLiteFile.repeatHours(year + 47, of: file)
        try chronicle.note([policy.figure(.syncLag, of: "one too many", 1, at: 0)])
        let end = (year + 47) * 3_600_000
        for name in names { try chronicle.note([policy.figure(.latency, of: name, 1, at: end)]) }
        try chronicle.prune(now: end)
        let hours = try chronicle.hours(of: .latency, "api-3", since: 0)
        #expect(hours.count == Int(year) + 1)
        #expect(try chronicle.figures().count == 12)
        let size = try ["", "-wal"].map { try Files.status(file + $0).st_size }.reduce(0, +)
        #expect(size < 20_000_000)
    }

    @Test func oneThatIsDamagedIsMovedAside() throws {
        try Chronicle.open(file).note([WatchPolicy().figure(.syncLag, 1, at: 1)])
        for end in ["-wal", "-shm"] { Files.remove(file + end) }
        try Files.write(String(repeating: "no database ", count: 1000), to: file)
        #expect(throws: ChronicleError.self) { try Chronicle.openToRead(file) }
        #expect(try Chronicle.open(file).figures().isEmpty)
        #expect(try Files.names(in: scratch.path).contains { $0.hasPrefix("chronicle.sqlite.corrupt-") })
        #expect(Chronicle.begunAnew(file) != nil, "an audit is to say so")
    }

    @Test func aNewerOneIsNotTouched() throws {
        try Chronicle.open(file).note([])
        try SQLiteFile.setVersion(99, of: file)
        #expect(throws: ChronicleError.newer(version: 99, known: 1)) { try Chronicle.open(file) }
    }

    @Test func whoOnlyLooksMakesNothing() throws {
        #expect(try Chronicle.openToRead(file) == nil)
        #expect(!Files.exists(file))
    }
}
