internal import Domain
internal import Glibc
internal import Redis

/// Measures how fast the registry is looked up and recorded in as it grows to a million sessions.
///
///     registry-rates unix:/path/of/an/empty/server.sock
@main
struct RegistryRates {
    static let sizes = [1_000, 100_000, 1_000_000]
    /// What a lookup may cost at a million sessions, as a multiple of that at a thousand.
    static let bar = 1.3

    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 2 else {
            print("usage: registry-rates REDIS_URL")
            exit(64)
        }
        do {
            try measure(RedisURL(arguments[1]))
        } catch {
            print("registry-rates: \(error)")
            exit(1)
        }
    }

    private static func measure(_ url: RedisURL) throws {
        var registry = try FilledRegistry(url)
        print("Calls a second over one connection, and the time of a call as a multiple of that at 1,000 sessions.\n")
        print(row(["sessions", "lookups/s", "records/s", "lookup", "record", "bytes each"]))
        var first: FilledRegistry.Times?
        var lookUpRatio = 1.0
        for size in sizes {
            try registry.fill(upTo: size)
            let times = try registry.times()
            let base = first ?? times
            first = base
            lookUpRatio = times.lookUp / base.lookUp
            let rates = [times.lookUp, times.record].map { String(Int(1e6 / $0)) }
            let ratios = [twoDigits(lookUpRatio), twoDigits(times.record / base.record)]
            print(row([String(size)] + rates + ratios + [String(try registry.usedBytes() / size)]))
        }
        let verdict = lookUpRatio > bar ? "over " : "ok   "
        let figures = "bar \(twoDigits(bar)), measured \(twoDigits(lookUpRatio))"
        print("\n\(verdict) lookup at 1,000,000 sessions, to that at 1,000: \(figures)")
    }

    private static func row(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
    }

    private static func twoDigits(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}
