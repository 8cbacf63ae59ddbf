import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Whoever can write to Redis may write any number into any field and score. Nothing that we ask may end the process for it.
@Suite(.redisServer) struct PoisonTests {
    @Test(arguments: [
        "9223372036854775807", "-9223372036854775808", "9007199254740993", "-9007199254740993", "99999999999999",
        "-99999999999999", "18446744073709551616", "1e308", "-1", "nan", "",
    ])
    func bearsAnyNumberInAnyField(poison: String) throws {
        let test = try TestPlace()
        let companion = try test.beat([CompanionReport.Field.ledger.rawValue: "1 2 3 4 5 6 7"])
        try test.bind("a", "coder/1")
        try test.bind("b", "coder/2", host: "elsewhere-00000001")
        for number in 1...4 { _ = try test.push("\(number)") }
        try test.failAll(.rateLimit)
        for number in 5...8 { _ = try test.push("\(number)") }
        _ = try test.place.status()

        var poisoned = 0
        for key in try test.connection.send(["KEYS", "\(test.place.settings.keys.prefix.dropLast(2))*"]).array ?? [] {
            guard let key = key.text else { continue }
            switch try test.connection.send(["TYPE", key]).text {
            case "hash":
                for (field, value) in try test.connection.send(["HGETALL", key]).fields
                where Int64(value) != nil || value.split(separator: " ").allSatisfy({ Int64($0) != nil }) {
                    let count = max(1, value.split(separator: " ").count)
                    let text = Array(repeating: poison, count: count).joined(separator: " ")
                    _ = try test.connection.send(["HSET", key, field, text])
                    poisoned += 1
                }
            case "zset" where Double(poison).map { !$0.isNaN } == true:
                for member in try test.connection.send(["ZRANGE", key, "0", "-1"]).array ?? [] {
                    _ = try test.connection.send(["ZADD", key, poison, member.text ?? ""])
                    poisoned += 1
                }
            default: break
            }
        }
        #expect(poisoned > 50)

        // Refused is well, ended is not.
        let place = test.place
        func bears(_ work: () throws -> Void) { try? work() }
        bears { _ = try place.status().sentence }
        bears { _ = try place.metricsText() }
        bears { _ = try place.sessions(limit: 10).sessions.map(\.last_used_at) }
        bears { _ = try place.failures(limit: 10) }
        bears { _ = try place.episodes(state: nil, limit: 10) }
        bears { _ = try place.circuits().map(\.sentence) }
        bears { _ = try place.events(limit: 10) }
        for key in ["coder/1", "coder/2"] {
            bears { _ = try place.explain(try DispatchKey(key)).paragraph }
            bears { _ = try place.lookUp(try DispatchKey(key)) }
        }
        bears { _ = try place.sweep() }
        bears { try test.failAll(.rateLimit) }
        bears { _ = try place.status().sentence }
        withExtendedLifetime(companion) {}
    }
}
