import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@testable import Operations

/// The one rule of the sentence: "well" only if nothing failed since the last success of its kind.
@Suite struct EvidenceTests {
    private static let start: Int64 = 1_800_000_000_000

    @Test func holdsOnlyByASuccessThatIsYounger() {
        func holds(_ succeeded: Int64?, _ failed: Int64?) -> Bool {
            Evidence(
                .captured, by: "w", "m", succeeded: succeeded.map(Timestamp.init), failed: failed.map(Timestamp.init)
            ).holds
        }
        #expect(holds(nil, nil) && holds(1, nil) && holds(2, 1))
        #expect(!holds(nil, 1) && !holds(1, 2) && !holds(1, 1))
    }

    /// What fails and is no section's trouble is one all the same.
    @Test(arguments: Promise.allCases)
    func noFailingEvidenceLeavesTheStatusWell(promise: Promise) {
        let kind = Trouble.Kind.failing(promise)
        #expect(kind.promises == [promise])
        let trouble = Trouble(kind, "x", atRisk: promise.risk, remedy: "y")
        #expect(!trouble.at_risk.isEmpty)
    }

    /// A world of random calls, captures, counts and faults. Each counter of failure, loss or refusal that grew is
    /// remembered until something of its kind succeeded after it.
    private struct World {
        var now = EvidenceTests.start
        var circuit = Circuit()
        var failed: [Int64] = []
        var completed: Int64?
        var ledger: LedgerSums?
        var isWritable = true
        var canWriteState = true
        var corrupt = 0
        var dead: Int64 = 0
        var evicted: Int64 = 0
        var archiveError: String?
        /// The counters that grew, and nothing of their kind has succeeded since.
        var broken: Set<String> = []

        mutating func step(_ random: inout SeededRandom) {
            now += Int64.random(in: 1...90_000, using: &random)
            let policy = CircuitPolicy()
            func set(_ name: String, _ isBroken: Bool) {
                if isBroken { broken.insert(name) } else { broken.remove(name) }
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1:
                guard case .call(let generation) = circuit.request(token: "t", at: now, policy: policy) else { return }
                let category = FailureCategory.allCases.randomElement(using: &random) ?? .unknown
                let failure = FailureClass(
                    category: category, isRetryable: Bool.random(using: &random),
                    countsAgainstCircuit: ![.rateLimit, .contentFilter].contains(category))
                _ = circuit.failed(
                    failure, message: "m", generation: generation, token: "", at: now, policy: policy, random: 0.5)
                failed.append(now)
                set("calls", true)
            case 2...5:
                switch circuit.request(token: "t", at: now, policy: policy) {
                case .call(let generation), .probe(let generation):
                    _ = circuit.succeeded(generation: generation, token: "t", at: now, policy: policy)
                    completed = now
                    if !failed.isEmpty { failed.removeFirst() }
                    set("calls", false)
                case .wait: break
                }
            case 6:
                let missing = Int64([0, 0, 905].randomElement(using: &random) ?? 0)
                ledger = LedgerSums(
                    milliseconds: now, transcripts: 1, bytes: 1000, captured: 1000 - missing, pending: 0, excluded: 0,
                    missing: missing)
                set("ledger", missing > 0)
            case 7:
                isWritable = Int.random(in: 0..<4, using: &random) > 0
                set("redis", !isWritable)
            case 8:
                canWriteState = Int.random(in: 0..<4, using: &random) > 0
                set("state", !canWriteState)
            case 9:
                corrupt = Int.random(in: 0...3, using: &random) / 3
                set("notes", corrupt > 0)
            case 10:
                dead = Int64.random(in: 0...3, using: &random) / 3
                set("dead", dead > 0)
            default:
                archiveError = Int.random(in: 0..<4, using: &random) == 0 ? "disk I/O error" : nil
                set("archive", archiveError != nil)
            }
        }

        /// As the observer would tell it.
        var status: Status {
            var status = Status(host: "box", observedAt: Timestamp(now))
            var clues = Clues()
            clues.companionRuns = true
            status.llm_status.provider = "openai"
            status.circuit.state = circuit.state.rawValue
            status.circuit.reason = circuit.reason
            status.circuit.last_success = Timestamp(orNever: circuit.lastSuccessMilliseconds)
            status.circuit.last_failure = Timestamp(orNever: circuit.lastFailureMilliseconds)
            status.circuit.unanswered = circuit.unanswered
            status.queue_status.last_completed = Timestamp(orNever: completed)
            status.queue_status.dead = dead
            status.ledger = ledger.map { Status.Ledger($0) }
            status.redis.writable = isWritable
            status.sessions.recorded = 1
            if !isWritable { clues.writeFailure = .notNow(message: "READONLY no") }
            if !canWriteState { clues.stateFailure = FileError(path: "/state", number: 30) }
            status.redis.evicted_keys = evicted
            status.capture.corrupt_notes = corrupt
            status.archive.error = archiveError
            status.archive.at = Timestamp(now)
            return status.judged(by: clues)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func isNeverWellWhileACounterGrewSinceTheLastSuccess(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var world = World()
        var wells = 0
        for step in 0..<1000 {
            world.step(&random)
            let status = world.status
            let isWell = status.sentence.hasPrefix("All is well")
            wells += isWell ? 1 : 0
            #expect(!isWell || world.broken.isEmpty, "step \(step): \(world.broken.sorted())")
            #expect(isWell == (status.service_status == .running), "step \(step)")
            #expect(status.evidence.allSatisfy(\.holds) || !isWell, "step \(step)")
            // Nothing is called broken for ever, either.
            if world.broken.isEmpty, world.circuit.state == .closed {
                #expect(isWell, "step \(step): \(status.sentence)")
            }
        }
        #expect(wells > 4, "it was well now and then: \(wells)")
    }
}

/// The same from outside: what was counted in a real Redis against what the status says.
@Suite struct CountedEvidenceTests {
    /// Every call fails, of whatever class, and no memory was ever made.
    @Test(arguments: [FailureCategory.rateLimit, .serverError, .contentFilter, .unknown])
    func isNotWellWhereEveryCallFailed(category: FailureCategory) async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(
                #"{"provider": {"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}}"#, server: server)
            let companion = try test.beat()
            _ = try test.connection.send(["ZADD", test.keys.prefix + "sessions", "1", "s"])
            #expect(try test.place.status().sentence.hasPrefix("All is well"))
            for number in 1...4 {
                _ = try test.push("\(number)")
                try test.failAll(category)
                let status = try test.place.status()
                #expect(!status.sentence.hasPrefix("All is well"), "\(status.sentence)")
                #expect(status.service_status == .degraded)
            }
            withExtendedLifetime(companion) {}
        }
    }

    /// By turns episodes fail and are completed; the counters of Redis are the witness.
    @Test func isNeverWellWhileFailuresAreTheLatest() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(
                #"{"provider": {"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}}"#, server: server)
            let companion = try test.beat()
            var random = SeededRandom(seed: 11)
            var isBroken = false
            for step in 0..<60 {
                let id = try test.push("\(step)")
                if Bool.random(using: &random) {
                    try test.failAll(.serverError)
                    isBroken = true
                } else {
                    _ = try test.connection.run(test.queue.completing([.init(id, token: "", outcome: .memory)]))
                    isBroken = false
                }
                let status = try test.place.status()
                #expect(!isBroken || !status.sentence.hasPrefix("All is well"), "step \(step): \(status.sentence)")
            }
            withExtendedLifetime(companion) {}
        }
    }

    @Test(arguments: [
        (["REPLICAOF", "127.0.0.1", "1"], Trouble.Kind.redis_refuses, "READONLY"),
        (["CONFIG", "SET", "min-replicas-to-write", "2"], .redis_refuses, "NOREPLICAS"),
        (["CONFIG", "SET", "maxmemory", "1"], .redis_full, "OOM"),
    ])
    func judgesRedisByAWrite(command: [String], kind: Trouble.Kind, word: String) async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat()
            #expect(try test.place.status().redis.writable)
            _ = try test.connection.send(command)
            let status = try test.place.status()
            #expect(status.redis.available && !status.redis.writable)
            #expect(status.troubles.map(\.kind).contains(kind), "\(status.sentence)")
            #expect(status.sentence.contains(word), "\(status.sentence)")
            #expect(status.level == 2)
            withExtendedLifetime(companion) {}
        }
    }

    /// A login that lacks a part of what scripts do; a plain SET tells nothing of it.
    @Test(arguments: [
        ["-@scripting"], ["-hset"], ["-zadd"], ["-xadd"], ["-hincrby"],
        ["resetkeys", "~{holdfast}:*", "%R~{holdfast:*"],
    ])
    func judgesRedisByWhatScriptsWrite(rights: [String]) async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat()
            #expect(try test.place.status().redis.writable)
            let own = rights.map {
                $0.replacing("{holdfast", with: String(test.keys.prefix.dropLast(2)))
            }
            _ = try test.connection.send(["ACL", "SETUSER", "default"] + own)
            let status = try test.place.status()
            #expect(status.redis.available && !status.redis.writable, "\(status.sentence)")
            let trouble = try #require(status.troubles.first)
            #expect(trouble.kind == .redis_refuses, "\(status.sentence)")
            #expect(trouble.remedy.contains("ACL SETUSER"))
            withExtendedLifetime(companion) {}
        }
    }

    @Test func judgesTheStateFolderByAWrite() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat()
            #expect(test.place.settings.state.writeFailure == nil)
            // Root may write anywhere; a file in the folder's place takes no file of anybody's.
            let bindings = test.place.settings.state.bindings
            Files.removeFolder(bindings)
            try Files.write("", to: bindings)
            let status = try test.place.status()
            #expect(status.troubles.first?.kind == .state_unwritable, "\(status.sentence)")
            withExtendedLifetime(companion) {}
        }
    }
}
