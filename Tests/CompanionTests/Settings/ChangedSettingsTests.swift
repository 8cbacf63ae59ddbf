import Archive
import Authentication
import Companion
import Domain
import LanguageModel
import Platform
import Redis
import ServiceLifecycle
import Settings
import Storage
import TestSupport
import Testing

/// Settings that a person changes while the companion runs take effect where they are used.
@Suite struct ChangedSettingsTests {
    @Test func whatRevivedLettersAreLeftWith() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""retry_max_attempts": 2"#, #""concurrency": 1"#)
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(1)
                try await house.waitForArchived(said)
                // Dead for the provider's sake: an outage took its last retry.
                let key = house.queue.keys.episode(said[0].id)
                try house.redis { connection in
                    _ = try connection.send(["ZREM", house.queue.keys.schedule, said[0].id.rawValue])
                    _ = try connection.send(["ZADD", house.queue.keys.dead, "1", said[0].id.rawValue])
                    _ = try connection.send(["HSET", key, "cause", "provider", "retry_count", "2"])
                }
                try house.configure("anthropic", #""retry_max_attempts": 9"#, #""concurrency": 1"#)
                try await eventually("the change is heard") { house.log.contains("settings changed") }
                house.model.play(.hang)
                try house.force(open: false)
                try await eventually("it is back") { try house.fields(said[0])["revived"] == "1" }
                #expect(try house.fields(said[0])["retry_count"] == "8")
            }
        }
    }

    @Test func howManyEpisodesMayWaitInRedis() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                house.model.play(.hang)
                let said = try await house.push(20)
                try await house.waitForArchived(said)
                #expect(try house.queueCount() == 20)
                try house.configure("anthropic", #""retry_queue_max_size": 10"#)
                try await eventually("the others wait in the archive") { try house.queueCount() <= 8 }
                try house.expectNothingLost(said)
            }
        }
    }

    @Test func whomToTellAndWhen() async throws {
        try await CompanionHouse.run { house in
            try await ScriptedModel.run { receiver in
                try await house.settledCompanion {
                    house.model.play(.html502)
                    let file = try house.scratch.write("a secret", to: "secret")
                    let members =
                        #""webhook_url": "\#(receiver.url)/hook/models", "webhook_secret_file": "\#(file)", "threshold": 1"#
                    try house.configure("anthropic", "\"notifications\": {\(members)}", #""concurrency": 1"#)
                    try await eventually("the change is heard") { house.log.contains("settings changed") }
                    try await house.push(1)
                    try await eventually("it is told of the first failure, signed") {
                        receiver.calls.contains {
                            $0.body.contains(#""failing""#)
                                && $0.headers["x-holdfast-signature"]
                                    == "sha256="
                                    + AuthenticationCode.hexadecimal(
                                        of: "\($0.headers["x-holdfast-timestamp"] ?? "").\($0.body)", key: "a secret")
                        }
                    }
                    try house.configure("anthropic", #""concurrency": 1"#)
                    try await eventually("the change is heard") { house.log.count("settings changed") == 2 }
                    let told = receiver.calls.count
                    house.model.play(.ok())
                    try house.force(open: false)
                    for said in try house.ids(.scheduled) {
                        _ = try house.redis { try $0.run(house.queue.retrying([said])) }
                    }
                    try await house.waitForMemories(1)
                    try await eventually("it is said in the log") { house.log.contains("Memories are made again") }
                    #expect(receiver.calls.count == told)
                }
            }
        }
    }

    /// Only what makes up the model in use may take it from under its calls.
    @Test func thatNoCallIsInterruptedWithoutNeed() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#)
            try await house.settledCompanion {
                house.model.play(.hang)
                let said = try await house.push(3)
                try await house.waitForArchived(said)
                try await eventually("one is asked for") { house.model.completions.count == 1 }
                let began = try house.ids(.leased)
                try house.configure("anthropic", #""concurrency": 3"#, #""log_level": "debug""#)
                try await eventually("the others are asked for, beside it") { house.model.completions.count == 3 }
                #expect(try Set(house.ids(.leased)).isSuperset(of: began))
                #expect(!house.log.contains("configuration changed"))
                #expect(house.model.completions.count { !$0.body.isEmpty } == 3, "none was sent twice")
            }
        }
    }

    @Test func whatTheModelIsAsked() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                try await house.push(1)
                try await house.waitForMemories(1)
                let key = try house.scratch.write("another key", to: "key")
                try house.configure(
                    "openai",
                    provider:
                        #""api_key_file": "\#(key)", "headers": {"x-team": "blue"}, "query": {"api-version": "7"}, "max_output_tokens": 321"#,
                    #""calls_per_minute": 0"#)
                try await eventually("the change is heard") { house.log.contains("configuration changed") }
                try await house.push(1)
                try await house.waitForMemories(2)
                let call = try #require(house.model.completions.last)
                #expect(call.path.hasSuffix("/chat/completions"))
                #expect(call.headers["authorization"] == "Bearer another key")
                #expect(call.headers["x-team"] == "blue")
                #expect(call.uri.contains("api-version=7"))
                #expect(call.body.contains("321"))
            }
        }
    }

    /// The chores of this host: what the watcher looks at and when, how often is swept, what the spool may take.
    @Test func whatThisHostWatches() async throws {
        try await CompanionHouse.run { house in
            let settings = LiveSettings(try Settings.load(environment: house.environment))
            try settings.atStart.state.prepare()
            let client = RedisClient(RedisConnector(url: house.url))
            let hostServices = HostServices(
                settings: settings, host: house.host, client: client, logger: house.log.logger)
            let watcher = TranscriptWatcher(
                settings: settings, host: house.host, client: client, logger: house.log.logger)
            let services = ServiceGroup(
                services: [
                    SettingsWatch(settings: settings, logger: house.log.logger).service(), watcher.service(),
                    hostServices.sweep(), hostServices.watchSpool(),
                ], logger: house.log.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                try await eventually("it has swept") { house.log.contains("swept") }
                let entry =
                    #"{"type":"user","uuid":"u1","sessionId":"11111111-2222-4333-8444-555555555555","timestamp":"2027-01-15T08:00:00.000Z","message":{"role":"user","content":"acme_123 is the word"}}"#
                try house.scratch.write(
                    entry + "\n", to: "elsewhere/projects/-p/11111111-2222-4333-8444-555555555555.jsonl")
                try house.configure(
                    "none", #""sweep_interval_seconds": 1"#, #""inactivity_timeout_seconds": 1"#,
                    #""check_interval_seconds": 1"#, #""watch_path": "\#(house.scratch.path)/elsewhere""#,
                    #""spool": {"min_free_bytes": 1099511627776}"#,
                    #""redaction": {"patterns": {"acme": "acme_[0-9]+"}}"#)
                try await eventually("it sweeps each second") { house.log.count("swept") >= 3 }
                try await eventually("the transcript is captured") {
                    try house.redis { try $0.send(["ZCARD", house.queue.keys.unarchived]) } == .integer(1)
                }
                let id = try #require(try house.redis { try $0.ask(house.queue.unarchived(1)) }.first)
                let content = try house.redis { try $0.ask(HGETALL(house.queue.keys.episode(id))) }["content"] ?? ""
                #expect(content.contains("is the word"))
                #expect(!content.contains("acme_123"))
                try await eventually("the spool takes no more notes") { house.log.contains("the spool's room changed") }
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }
}
