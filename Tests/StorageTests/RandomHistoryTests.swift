import Domain
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Random lives of a few sessions under one key, told at once, late, twice and out of order, while the wall clock jumps.
@Suite(.redisServer) struct RandomHistoryTests {
    /// What the registry ought to know, told in plain words: the latest session that was seen to be resumable, unless
    /// it was given up, or the key with it, by a `/clear`.
    private struct Model {
        private var lastUse: [String: Int64] = [:]
        private var resumable: Set<String> = []

        mutating func hear(_ event: SessionNews) {
            let name = event.sessionID.rawValue
            let time = event.moment.bootMilliseconds
            if event.kind == .cleared {
                resumable = event.transcript == .found ? [] : resumable.subtracting([name])
                return
            }
            lastUse[name] = time
            if event.transcript == .found || event.source == "resume" { resumable.insert(name) }
        }

        var bound: String? {
            resumable.max { lastUse[$0, default: -1] < lastUse[$1, default: -1] }
        }
    }

    private static var rounds: Int { Settings.processEnvironment["HOLDFAST_FULL"] == "1" ? 3000 : 150 }

    @Test func endsWhereTheOrderOfEventsSaysHoweverTheyAreTold() throws {
        let key = try DispatchKey("coder/random")
        for seed in 0..<UInt64(Self.rounds) {
            var random = SeededRandom(seed: seed)
            var registry = try Registry()
            let (history, expected) = history(key, &registry, &random)
            var deliveries = history
            // Half of all news is told once more, some of it twice.
            deliveries += history.filter { _ in Bool.random(using: &random) }
            if seed % 3 != 0 {
                deliveries.shuffle(using: &random)
                // What comes so late lay in the spool, its start too.
                for index in deliveries.indices { deliveries[index].startIsNotPending = false }
            }
            for event in deliveries {
                registry.pass(Int64.random(in: 1...5, using: &random))
                // The wall clock is set, there and back; the boot clock goes on.
                if Int.random(in: 0..<8, using: &random) == 0 {
                    registry.now += Int64.random(in: -7_200_000...7_200_000, using: &random)
                }
                try registry.tell(event)
            }
            #expect(
                try registry.bound(key) == expected, "seed \(seed): \(history.map { "\($0.kind) \($0.sessionID)" })")
            let counted = try registry.connection.send(["ZSCORE", registry.keys.bindings, key.rawValue]).text
            #expect((counted != nil) == (expected != nil), "seed \(seed): the index of bindings")
            if try registry.exists(key) {
                #expect(try registry.connection.send(["PTTL", registry.keys.binding(key)]).integer ?? -1 > 0)
            }
            // What was told more than once moved no counter twice.
            let turns = Dictionary(grouping: history.filter { $0.kind == .stopped }, by: \.sessionID.rawValue)
                .mapValues(\.count)
            for (session, count) in turns {
                #expect(try Int(registry.record(session)["turns"] ?? "0") ?? 0 <= count, "seed \(seed)")
            }
        }
    }

    /// Sessions one after the other, each started, prompted, stopped, and perhaps resumed, cleared or ended.
    private func history(
        _ key: DispatchKey, _ registry: inout Registry, _ random: inout SeededRandom
    ) -> (events: [SessionNews], bound: String?) {
        var model = Model()
        var events: [SessionNews] = []
        var seen: Set<String> = []
        var current = ""
        var client = ClientProcess(pid: 1000, startTicks: 1)
        // After a /clear the same process goes on with another session.
        var wasCleared = false
        for step in 0..<Int.random(in: 3...25, using: &random) {
            registry.pass(Int64.random(in: 2...60_000, using: &random))
            let choice = current.isEmpty ? 0 : Int.random(in: 0..<10, using: &random)
            var event: SessionNews
            let isStart = choice <= 1 || choice == 2 && !seen.isEmpty
            if isStart, !wasCleared { client.pid += 1 }
            switch choice {
            case 0, 1:
                current = "s\(step)"
                event = registry.news(.started, current, key) { $0.source = wasCleared ? "clear" : "startup" }
            case 2 where !seen.isEmpty:
                // Sorted: the order of a set differs between runs of one seed.
                current = seen.sorted().randomElement(using: &random) ?? current
                event = registry.news(.started, current, key) { $0.source = "resume" }
            case 3:
                event = registry.news(.cleared, current, key) {
                    $0.transcript = seen.contains($0.sessionID.rawValue) ? .found : .unknown
                }
                // After a /clear of the key's session what was before it is history.
                if seen.contains(current) { seen = [] }
                event.process = client
                events.append(event)
                model.hear(event)
                current = ""
                wasCleared = true
                continue
            case 4:
                event = registry.news(.ended, current, key) {
                    $0.transcript = seen.contains($0.sessionID.rawValue) ? .found : .unknown
                }
            case 5, 6:
                event = registry.news(.prompted, current, key) {
                    $0.transcript = seen.contains($0.sessionID.rawValue) ? .found : .unknown
                }
            default:
                seen.insert(current)
                event = registry.news(.stopped, current, key) { $0.transcript = .found }
            }
            event.process = client
            wasCleared = false
            events.append(event)
            model.hear(event)
        }
        return (events, model.bound)
    }
}
