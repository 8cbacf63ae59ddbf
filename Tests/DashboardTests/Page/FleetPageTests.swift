import Domain
import Testing

@testable import Dashboard
@testable import Operations

@Suite struct FleetPageTests {
    private static let now = Timestamp(1_700_000_000_000)

    private static func fleet(_ text: String = "build-7", complaints: [String] = []) -> Fleet {
        var fleet = Fleet(
            observed_at: now,
            hosts: [
                Fleet.Host(
                    host: text, state: .running, version: text, beat_at: Timestamp(now.milliseconds - 4000),
                    started_at: nil, clock_ahead_seconds: -7.25, pool: text, archive: "owner", leases: 1234,
                    open_sessions: 3, driven_keys: 2),
                Fleet.Host(
                    host: "build-8", state: .gone, version: nil, beat_at: Timestamp(now.milliseconds - 3_600_000),
                    started_at: nil, clock_ahead_seconds: nil, pool: nil, archive: nil, leases: 0, open_sessions: 0,
                    driven_keys: 0),
            ],
            pools: [
                Fleet.Pool(
                    pool: text, waiting: 5000, leased: 1, dead: 0, unarchived: 2, oldest_at: nil, owner: nil, hosts: [])
            ],
            keys: [Fleet.Key(dispatch_key: text, host: text, pid: 12345)])
        fleet.complaints = complaints
        return fleet
    }

    private static func page(_ fleet: Fleet, host: String = "here") throws -> String {
        try Page().fleet(fleet, host: host)
    }

    @Test func tellsOfHostsQueuesAndKeys() throws {
        let html = try Self.page(Self.fleet())
        for words in [
            "1 of 2 hosts of this Redis run; nothing is wrong.", ">4 s ago<", ">1 h ago<", "7.3 s behind", "unknown",
            "1,234", "5,000", "nobody", "3 open, 2 driven",
        ] { #expect(html.contains(words), "\(words)") }
        // A process's number is a name.
        #expect(html.contains(">12345<"))
        #expect(!html.contains("class=\"complaints"))
    }

    @Test func tellsWhatIsWrongAndWhatToDo() throws {
        let html = try Self.page(
            Self.fleet(complaints: ["b has said nothing; to do: 'holdfast up' there starts it", "two versions run"]))
        #expect(html.contains("1 of 2 hosts of this Redis run."))
        #expect(html.contains("<bdi>b has said nothing</bdi>"))
        #expect(html.contains("<bdi>&#39;holdfast up&#39; there starts it</bdi>"))
        #expect(html.contains("<bdi>two versions run</bdi>"))
        #expect(html.split(separator: "Do this").count == 2)
    }

    @Test func saysThatThereIsNothing() throws {
        let html = try Self.page(Fleet(observed_at: Self.now, hosts: [], pools: [], keys: []))
        for words in ["No companion of any host", "Nothing waits in any queue", "No dispatch runs now"] {
            #expect(html.contains(words))
        }
        #expect(!html.contains("<table"))
    }

    @Test(arguments: HostileTextTests.texts)
    func textOfOthersStaysText(text: String) throws {
        let harmless = HostileTextTests.Tags(
            try Self.page(Self.fleet("harmless", complaints: ["harmless"]), host: "harmless"))
        let hostile = HostileTextTests.Tags(try Self.page(Self.fleet(text, complaints: [text]), host: text))
        #expect(hostile.names == harmless.names)
        #expect(hostile.attributes == harmless.attributes)
    }
}
