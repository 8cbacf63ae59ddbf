import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct PageTests {
    @Test func pagesThroughSessions() throws {
        let test = try TestPlace()
        for number in 1...5 { try test.bind("s\(number)", "coder/\(number)") }
        var seen: [String] = []
        var offset: Int? = 0
        while let from = offset {
            let page = try test.place.sessions(limit: 2, offset: from)
            #expect(page.total == 5)
            seen += page.sessions.map(\.session_id)
            offset = page.next_offset
        }
        #expect(Set(seen) == ["s1", "s2", "s3", "s4", "s5"])
        #expect(seen.count == 5)
    }

    @Test(arguments: [
        ("coder/", ["a", "b"]), ("coder/1", ["a"]), ("a", ["a"]), ("reviewer", ["c"]), ("*", []), ("cod?r", []),
        ("nobody", []),
    ])
    func findsSessionsByKeyBeginningAndID(search: String, expected: [String]) throws {
        let test = try TestPlace()
        try test.bind("a", "coder/1")
        try test.bind("b", "coder/2")
        try test.bind("c", "reviewer/1")
        let page = try test.place.sessions(search: search, limit: 50)
        #expect(page.sessions.map(\.session_id).sorted() == expected)
        #expect(!page.sessions.contains { !$0.bound })
    }

    /// Of a folder all that were there, bound or not, a folder that is gone too.
    @Test(arguments: [
        ("/p/app", ["a", "b"]), ("/p/app/", ["a", "b"]), ("/p", ["a", "b", "c"]), ("/p/ap", []),
        ("/", ["a", "b", "c"]),
    ])
    func findsSessionsOfAFolderAndBelow(search: String, expected: [String]) throws {
        let test = try TestPlace()
        for (session, key, folder) in [
            ("a", "coder/1", "/p/app"), ("b", "coder/1", "/p/app/web"), ("c", "x/1", "/p/apple"),
        ] {
            try test.bind(session, key)
            _ = try test.connection.send([
                "HSET", test.keys.session(try #require(SessionID(rawValue: session))), "cwd", folder,
            ])
        }
        let page = try test.place.sessions(search: search, limit: 50)
        #expect(page.sessions.map(\.session_id).sorted() == expected && page.total == expected.count)
        if expected.count > 1 {
            let second = try test.place.sessions(search: search, limit: 1, offset: 1)
            #expect(second.sessions.count == 1 && second.total == expected.count)
        }
    }

    @Test func pagesThroughFailuresAndFiltersThem() throws {
        let test = try TestPlace()
        for number in 1...7 { _ = try test.push("t\(number)", key: "coder/\(number)") }
        try test.failAll(.timeout)
        for number in 1...3 { _ = try test.push("a\(number)", key: "reviewer/\(number)") }
        try test.failAll(.quota)
        #expect(try test.place.failures(class: "quota").failures.count == 3)
        #expect(try test.place.failures(key: "coder").failures.count == 7)
        #expect(try test.place.failures(key: "coder/3").failures.map(\.dispatch_key) == ["coder/3"])
        #expect(try test.place.failures(sinceMilliseconds: HostClock.wallMilliseconds + 60_000).failures.isEmpty)
        var seen: Set<String> = []
        var cursor: String? = ""
        while let from = cursor {
            let page = try test.place.failures(limit: 4, cursor: from)
            #expect(page.failures.count <= 4)
            #expect(page.total == 10)
            seen.formUnion(page.failures.map(\.episode_id))
            cursor = page.next_cursor
        }
        #expect(seen.count == 10)
    }

    @Test func saysOfAFailureWhereItCameFromAndWhatItSays() throws {
        let test = try TestPlace()
        _ = try test.push("said", key: "coder/7")
        try test.failAll(.rateLimit)
        let plain = try #require(try test.place.failures().failures.first)
        #expect(plain.session_file == "/1.jsonl" && plain.group_id == "coder" && plain.raw_content == nil)
        #expect(try test.place.failures(limit: 10, withContent: true).failures.first?.raw_content == "said")
        #expect(throws: Failure.self) { try test.place.failures(limit: 50, withContent: true) }
    }

    /// After five retries, the first try not among them, it is dead, and the count is five.
    @Test func countsRetriesAndNotTries() throws {
        let test = try TestPlace()
        let id = try test.push("1")
        for tries in 1...6 {
            try test.failAll(.serverError)
            #expect(try test.place.failures().failures.first?.retry_count == min(tries, 5), "after \(tries) tries")
            _ = try test.connection.send(["ZADD", test.queue.keys.schedule, "XX", "1", id.rawValue])
        }
        #expect(try test.place.failures().failures.first?.dead == true)
    }

    @Test func refusesAFilterThatMeansNothing() throws {
        let test = try TestPlace()
        #expect(throws: Failure.self) { try test.place.failures(class: "nonsense") }
        #expect(throws: Failure.self) { try test.place.failures(limit: 0) }
        #expect(throws: Failure.self) { try test.place.failures(cursor: "x") }
    }

    @Test func retriesAndDiscards() throws {
        let test = try TestPlace()
        let first = try test.push("1"), second = try test.push("2")
        try test.failAll(.contentFilter, dead: true)
        #expect(try test.place.retry([first.rawValue]).episodes.map(\.state) == [.scheduled])
        #expect(try test.place.discard([second.rawValue]).discarded == [second.rawValue])
        #expect(try test.place.discard([second.rawValue]).discarded == [])
        #expect(throws: Failure.self) { try test.place.discard(second.rawValue) as DiscardedEpisode }
        #expect(try test.place.episode(second).state == "discarded")
        #expect(try test.place.episode(first).state == "scheduled")
    }

    /// What happens to it in the queue, down to its end, after which nobody has its hash.
    @Test func saysOfEachEventWhichEpisodeAndWhose() throws {
        let test = try TestPlace()
        let failing = try test.push("1", key: "coder/7")
        try test.failAll(.contentFilter, dead: true)
        _ = try test.place.retry(failing.rawValue)
        _ = try test.connection.run(test.queue.completing([.init(failing, token: "", outcome: .dead)]))
        let given = try test.push("2", key: "coder/7")
        _ = try test.place.discard([given.rawValue])
        let events = try test.place.events(limit: 20).events
        for (name, id, reason) in [
            ("captured", failing, "\(failing)"), ("dead", failing, "\(failing) content_filter"),
            ("retried", failing, "\(failing)"), ("completed", failing, "\(failing) dead"),
            ("discarded", given, "\(given)"),
        ] {
            let event = try #require(events.first { $0.event == name && $0.episode_id == id.rawValue }, "\(name)")
            #expect(event.dispatch_key == "coder/7" && event.reason == reason, "\(event)")
        }
    }

    @Test func tellsEventsTheNewestFirst() throws {
        let test = try TestPlace()
        try test.bind("a", "coder/1")
        _ = try test.push()
        let events = try test.place.events(limit: 10).events
        #expect(Set(events.map(\.event)).isSuperset(of: ["started", "bound", "captured"]))
        #expect(events.map(\.milliseconds) == events.map(\.milliseconds).sorted(by: >))
        let captured = try #require(events.first { $0.event == "captured" })
        #expect(captured.dispatch_key == "coder/1" && EpisodeID(rawValue: captured.episode_id) != nil)
        #expect(try #require(events.first { $0.event == "bound" }).episode_id.isEmpty)
        #expect(try test.place.lastEvent(of: DispatchKey("coder/1"))?.event == "bound")
    }
}
