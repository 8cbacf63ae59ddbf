internal import Domain
internal import Operations

/// The values of `fleet.mustache`.
enum FleetContext {
    static func of(_ fleet: Fleet, host: String) -> JSONValue {
        let now = fleet.observed_at
        let complaints = fleet.complaints.map(complaint)
        let hosts = fleet.hosts.map { ShownValue.of($0, now: now).adding(["clock": .string(clock(of: $0))]) }
        let pools = fleet.pools.map { pool in
            ShownValue.of(pool, now: now).adding(["workers": .string(VisibleText.of(workers(on: pool)))])
        }
        // A number that is a name has no groups of three.
        let keys = fleet.keys.map { ShownValue.of($0, now: now).adding(["process": .string(String($0.pid))]) }
        return .object([
            "host": .string(VisibleText.of(host)), "words": .string(words(fleet)),
            "fleet": .object(["observed_at": ShownValue.of(now, now: now)]),
            "complaints": .array(complaints), "any_complaint": .bool(!complaints.isEmpty),
            "hosts": .array(hosts), "any_host": .bool(!hosts.isEmpty),
            "pools": .array(pools), "any_pool": .bool(!pools.isEmpty),
            "keys": .array(keys), "any_key": .bool(!keys.isEmpty),
        ])
    }

    private static func words(_ fleet: Fleet) -> String {
        let running = fleet.hosts.count { $0.state == .running }
        let hosts = "\(Words.count(running)) of \(Words.count(fleet.hosts.count)) hosts of this Redis run"
        return fleet.complaints.isEmpty ? "\(hosts); nothing is wrong." : "\(hosts)."
    }

    /// What is wrong, and apart from that what is to be done.
    private static func complaint(_ sentence: String) -> JSONValue {
        let parts = sentence.split(separator: "; to do: ", maxSplits: 1).map { VisibleText.of(String($0)) }
        return .object([
            "what": .string(parts.first ?? ""), "remedy": parts.count > 1 ? .string(parts[1]) : .null,
        ])
    }

    private static func clock(of host: Fleet.Host) -> String {
        guard let ahead = host.clock_ahead_seconds else { return "unknown" }
        let amount = Words.decimal(abs(ahead), places: 1)
        if amount == "0.0" { return "right" }
        return "\(amount) s \(ahead > 0 ? "ahead" : "behind")"
    }

    private static func workers(on pool: Fleet.Pool) -> String {
        pool.hosts.isEmpty ? pool.owner ?? "nobody" : pool.hosts.joined(separator: ", ")
    }
}
