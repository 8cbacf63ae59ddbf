import Dashboard
import Domain
import Glibc
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The backend on a real Redis.
@Suite struct OperationsBackendTests {
    private struct Home {
        let scratch: Scratch
        let settings: LiveSettings
        let place: Workplace

        init(_ server: RedisServer) throws {
            scratch = try Scratch()
            let settings = try Settings.load(environment: [
                "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
                "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
            ])
            self.settings = LiveSettings(settings)
            place = try Workplace(settings: settings)
        }

        /// A session that has a key.
        func bind(_ session: String, _ key: String, projects mark: String = "1:2") throws {
            var connection = try place.connect()
            var news = SessionNews(
                .stopped, of: try #require(SessionID(rawValue: session)), key: try DispatchKey(key),
                at: HostClock.now(), host: place.host, maxSessionAgeMilliseconds: 86_400_000)
            news.transcript = .found
            news.projectsFolder = mark
            _ = try connection.run(place.registry.telling(news, at: HostClock.now()))
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func drawsThePageOfWhatIsThereAndLittleOfItWithoutTheToken() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            try home.bind("5e1f7e57-0000-4000-8000-8d3d1d35a856", "coder/issue-430")
            let backend = try OperationsBackend(settings: home.settings)
            let full = text(try await backend.page(PageRequest(scope: .full, terms: [:])))
            #expect(full.contains("coder/issue-430"))
            #expect(full.contains("holdfast dispatch coder/issue-430 -- claude"))
            let reduced = text(try await backend.page(PageRequest(scope: .reduced, terms: [:])))
            #expect(!reduced.contains("coder") && !reduced.contains("5e1f7e57"))
            #expect(reduced.contains("holdfast dashboard"))
        }
    }

    @Test func drawsAPageOfOneSessionForWhoHasTheTokenAlone() async throws {
        try await RedisServer.run { server in
            let home = try Home(server), id = "5e1f7e57-0000-4000-8000-8d3d1d35a856"
            try home.bind(id, "coder/issue-430")
            let backend = try OperationsBackend(settings: home.settings)
            let page = text(try await backend.page(PageRequest(scope: .full, terms: ["session": id])))
            #expect(page.contains("The next dispatch of coder/issue-430"))
            #expect(page.contains(#"data-copy="holdfast dispatch coder/issue-430 -- claude""#))
            #expect(page.contains("/api/v1/session/\(id)/forget") && !page.contains("{{"))
            let reduced = text(try await backend.page(PageRequest(scope: .reduced, terms: ["session": id])))
            #expect(!reduced.contains("coder") && !reduced.contains(id))
            await #expect(throws: BackendError.self) {
                try await backend.page(PageRequest(scope: .full, terms: ["session": "nobody"]))
            }
        }
    }

    @Test func looksAtSessionsAsALookupWouldAndChangesNothing() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            try home.bind("one", "coder/1", projects: "")
            try home.bind("two", "coder/it's 2")
            let backend = try OperationsBackend(settings: home.settings)
            var query = SessionsQuery(limit: 8, looks: true)
            func answer(_ search: String?) async throws -> String {
                query.search = search
                return text(try await backend.sessions(query))
            }
            #expect(try await answer("one").contains(#""command":"holdfast dispatch coder/1 -- claude""#))
            #expect(try await answer("IT'S").contains(#""command":"holdfast dispatch 'coder/it'\\''s 2' -- claude""#))
            // Nothing lies where transcripts do: what a lookup would drop is not offered, and stays where it is.
            for folder in ["/.claude", "/.claude/projects", "/.claude/projects/elsewhere"] {
                let made = unsafe mkdir(home.scratch.path + folder, 0o700)
                #expect(made == 0)
            }
            let gone = try await answer("coder/1")
            #expect(gone.contains(#""standing":"gone""#) && gone.contains(#""verdict":"missing""#))
            #expect(gone.contains(#""command":null"#) && gone.contains(#""bound":true"#))
            #expect(try await answer("nowhere").contains(#""sessions":[],"total":0"#))
            #expect(text(try await backend.lookUp(key: "coder/1")).contains(#""verdict":"missing""#))
        }
    }

    @Test func answersAsTheCommandLineDoes() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            try home.bind("s", "coder/1")
            let backend = try OperationsBackend(settings: home.settings)
            // There is no projects folder at all, which says nothing of the transcript.
            #expect(text(try await backend.lookUp(key: "coder/1")).contains(#""verdict":"resumable""#))
            #expect(text(try await backend.drop(key: "coder/1")).contains(#""session_id":"s""#))
            #expect(text(try await backend.lookUp(key: "coder/1")).contains(#""verdict":"none""#))
            #expect(text(try await backend.metrics()).contains("claude_session_lookups_total 2\n"))
            #expect(text(try await backend.history(limit: 10)).contains(#""reason":"manual""#))
        }
    }

    @Test func keepsConversations() async throws {
        try await RedisServer.run { server in
            let backend = try OperationsBackend(settings: try Home(server).settings)
            func add(_ body: String) async throws -> String {
                text(try await backend.add(message: Array(body.utf8), key: "bot/7"))
            }
            let said =
                #"{"role": "user", "text": "Hello", "at": "\#(ISOTime.text(HostClock.wallMilliseconds))", "id": "m1"}"#
            #expect(try await add(said).contains(#""outcome":"added""#))
            #expect(try await add(said).contains(#""outcome":"known""#))
            _ = try await add(#"{"role": "assistant", "text": "Hi"}"#)
            let query = ContextQuery()
            #expect(
                text(try await backend.context(key: "bot/7", query)).contains(#""text":"user: Hello\nassistant: Hi""#))
            #expect(text(try await backend.context(key: "nobody", query)).contains(#""messages":[]"#))
            #expect(text(try await backend.conversation(key: "bot/7")).contains(#""id":"m1""#))
            let listed = try await backend.conversations(ConversationsQuery(limit: 50))
            #expect(text(listed).contains(#""dispatch_key":"bot/7","expires_at":"2"#))
            #expect(text(try await backend.conversationHealth()).contains(#""messages":2"#))
            #expect(text(try await backend.clearConversation(key: "bot/7")).contains(#""cleared":true"#))
            await #expect { _ = try await backend.conversation(key: "bot/7") } throws: {
                ($0 as? BackendError)?.category == .notFound
            }
            for body in ["", "[]", "{", #"{"role": "system", "text": "x"}"#, #"{"role": "user"}"#] {
                await #expect("\(body)") { _ = try await add(body) } throws: {
                    ($0 as? BackendError)?.category == .invalid
                }
            }
        }
    }

    @Test func saysOfEachErrorWhatItIs() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            let backend = try OperationsBackend(settings: home.settings)
            func category(_ ask: () async throws -> [UInt8]) async -> BackendError.Category? {
                do {
                    _ = try await ask()
                    return nil
                } catch {
                    return (error as? BackendError)?.category
                }
            }
            #expect(await category { try await backend.drop(key: "nobody") } == .notFound)
            #expect(await category { try await backend.lookUp(key: "a\nb") } == .invalid)
            #expect(await category { try await backend.episode("zz") } == .invalid)
            #expect(
                await category { try await backend.discard(episode: String(repeating: "0", count: 32)) } == .notFound)
            kill(server.pid, SIGKILL)
            try await poll("the server is gone") { try !home.place.status().redis.available }
            #expect(await category { try await backend.drop(key: "nobody") } == .redisUnavailable)
            #expect(await category { try await backend.status() } == nil)
        }
    }

    @Test func saysThatItsFilesAreNotUnderstoodRatherThanThatAllIsWell() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            let backend = try OperationsBackend(settings: home.settings)
            _ = try await backend.status()
            try home.scratch.write("{", to: "config/holdfast.json")
            var said: String?
            let end = ContinuousClock().now + .seconds(30)
            while said == nil, ContinuousClock().now < end {
                do { _ = try await backend.status() } catch { said = "\((error as? BackendError)?.message ?? "")" }
            }
            #expect(said?.contains("holdfast.json") == true)
        }
    }

    @Test func isWellWhileItGetsOnWithItsWork() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            let backend = try OperationsBackend(settings: home.settings)
            // No companion runs here, which is no matter of what Redis and archive can do.
            #expect(try await backend.readiness().isWell)
            kill(server.pid, SIGKILL)
            try await poll("the server is gone") { try !home.place.status().redis.available }
            var health = try await backend.health()
            // What was seen within a second is not looked for again.
            let end = ContinuousClock().now + .seconds(30)
            while health.isWell, ContinuousClock().now < end { health = try await backend.health() }
            #expect(!health.isWell)
            #expect(text(health.json).contains("redis_down"))
            #expect(!text(health.json).contains(server.socket))
        }
    }

    @Test func tellsAListenerHowThingsStandAndThenWhatHappens() async throws {
        try await RedisServer.run { server in
            let home = try Home(server)
            let backend = try OperationsBackend(settings: home.settings)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await backend.keepFeeding() }
                var events = backend.events(since: nil).makeAsyncIterator()
                #expect(await events.next()?.event == "status")
                try home.bind("s", "coder/1")
                var change: ServerSentEvent?
                while change == nil, let event = await events.next() {
                    if event.event == "change" { change = event }
                }
                #expect(change?.data.contains(#""dispatch_key":"coder/1""#) == true)
                // What happened while nobody listened is told to who knows of the last event before.
                let before = try #require(change?.id)
                try home.bind("t", "coder/2")
                var later = backend.events(since: before).makeAsyncIterator()
                var missed: ServerSentEvent?
                while missed == nil, let event = await later.next() {
                    if event.data.contains(#""dispatch_key":"coder/2""#) { missed = event }
                }
                #expect(missed?.event == "change")
                group.cancelAll()
            }
        }
    }
}
