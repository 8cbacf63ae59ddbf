import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What the command line shows of how things stand.
@Suite(.redisServer) struct SurfacesTests {
    @Test func printsAStatusThatFitsItsSchema() async throws {
        let house = try House()
        try await house.bind("s")
        for more in [[:], ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]] {
            let status = try await house.holdfast("status", "--json", with: more)
            let file = try house.scratch.write(status.output, to: "status.json")
            let check = try await Built.run(
                "/usr/bin/python3",
                ["-m", "jsonschema", "-i", file, Built.root + "/Sources/Operations/Status/status.schema.json"])
            #expect(check.code == 0, "\(check)")
        }
    }

    /// The plain form is read without the parser.
    @Test(arguments: ["coder/1", "nobody/7", "not a key", ""])
    func looksUpInEachForm(key: String) async throws {
        let house = try House()
        try await house.bind("s")
        let plain = try await house.holdfast("lookup", key, "--json")
        let parsed = try await house.holdfast("lookup", "--json", key)
        #expect(plain.code == parsed.code)
        #expect(plain.error == parsed.error)
        #expect(plain.output.contains("resumable") == (key == "coder/1"))
        #expect(plain.output.isEmpty == parsed.output.isEmpty)
    }

    @Test func alertsAsTheRulesSay() async throws {
        let folder = Built.root + "/Tests/Surfaces/alerts"
        let check = try await Built.run("promtool", ["check", "rules", Built.root + "/config/alerts.yml"])
        #expect(check.code == 0, "\(check)")
        let test = try await Built.run("promtool", ["test", "rules", "alerts-test.yml"], in: folder)
        #expect(test.code == 0, "\(test)")
    }

    @Test func namesOnlyMetricsThatThereAre() async throws {
        let house = try House()
        let metrics = try house.scratch.write(try await house.holdfast("metrics").output, to: "metrics")
        let check = try await Built.run(
            "/usr/bin/python3", ["Tests/Surfaces/alerts/check_dashboard.py", metrics], in: Built.root)
        #expect(check.code == 0, "\(check)")
    }

    @Test func saysFirstWhatIsWrongAndColoursNothingInAPipe() async throws {
        let house = try House()
        let status = try await house.holdfast("status")
        #expect(status.code == 1)
        #expect(status.output.hasPrefix("No companion runs on this host"))
        #expect(!status.output.contains("\u{1b}"))
    }

    @Test func tellsEventsAndGoesOnWithThem() async throws {
        let house = try House()
        try await house.bind("s")
        let events = try await house.holdfast("events", "--json")
        #expect(events.output.contains(#""event" : "bound""#))
        let follow = try await Built.run(
            "timeout", ["10", "holdfast", "events", "--follow", "--json", "--limit", "1"],
            environment: house.environment.merging(["HOLDFAST_KEY": "coder/2"]) { $1 })
        #expect(follow.code == 124)
        #expect(follow.output.split(separator: "\n").count == 1, "\(follow)")
    }

    /// As the tool answers, and over HTTP one element of it.
    @Test func saysWhatBecameOfEpisodesToRetry() async throws {
        let house = try House()
        let nobody = String(repeating: "0", count: 32)
        let retried = try await house.holdfast("episodes", "retry", nobody, "--json")
        #expect(retried.code == 1)
        let answer = try JSONValue(parsing: retried.output)
        #expect(answer == ["episodes": [["episode_id": .string(nobody), "state": "gone"]]])
    }

    /// What a key or a text says must not move a cursor or turn the reading direction.
    @Test func showsWhatWouldSteerATerminalInWords() async throws {
        let house = try House(key: "coder/\u{202E}gnp\u{200F}")
        try await house.bind("s")
        let listed = try await house.holdfast("sessions")
        #expect(listed.output.contains("coder/\\u{202E}gnp\\u{200F}"), "\(listed)")
    }

    @Test func tellsTheUserOfASessionOnlyWhatAPersonCanMend() async throws {
        let house = try House()
        let start = house.payload("SessionStart", "s", #""source":"startup""#)
        #expect(try await house.hook(start).output == "")
        let notice = UserNotice(StateFolder(path: house.scratch.path + "/state"))
        try notice.write("holdfast: the API key is \"refused\"", now: HostClock.wallMilliseconds)
        #expect(
            try await house.hook(start).output == #"{"systemMessage":"holdfast: the API key is \"refused\""}"# + "\n")
        #expect(try await house.hook(house.payload("Stop", "s")).output == "")
        #expect(try await house.hook(start, ["HOLDFAST_DISABLED": "1"]).output == "")
        try notice.write("holdfast: long ago", now: HostClock.wallMilliseconds - 3_600_000)
        #expect(try await house.hook(start).output == "")
        try house.scratch.write("{", to: "config/holdfast.json")
        #expect(try await house.hook(start).output.contains("holdfast config check"))
    }
}
