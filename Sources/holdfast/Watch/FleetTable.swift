internal import Domain
internal import Operations

/// A fleet for people: what is wrong, then hosts, pools and driven keys, a table each.
struct FleetTable {
    let fleet: Fleet

    init(_ fleet: Fleet) { self.fleet = fleet }

    var text: CleanText {
        let width = Terminal.width()
        let complaints = fleet.complaints.map { CleanText(line: $0).styled(.yellow) }
        let tables = [
            table(
                fleet.hosts.map(row), "host", "state", "version", "clock", "pool", "archive", "leases", "open"),
            table(fleet.pools.map(row), "pool", "waiting", "leased", "dead", "unarchived", "oldest", "hosts"),
            table(fleet.keys.map(row), "driven key", "host", "pid"),
        ].compactMap { $0?.text(width: width) }
        return .lines(complaints + tables.flatMap { [CleanText(line: ""), $0] }.dropFirst(complaints.isEmpty ? 1 : 0))
    }

    private func table(_ rows: [[CleanText]], _ head: String...) -> Table? {
        rows.isEmpty ? nil : Table(rows, head: head)
    }

    private func row(of host: Fleet.Host) -> [CleanText] {
        let state = host.state == .running ? "running" : "gone, \(host.beat_at.ago(fleet.observed_at))"
        return [
            CleanText(line: host.host), CleanText(line: state).styled(host.state == .running ? .green : .red),
            CleanText(line: host.version ?? "?"), CleanText(line: Self.clock(host.clock_ahead_seconds)),
            CleanText(line: host.pool ?? ""), CleanText(line: host.archive ?? ""), CleanText(line: "\(host.leases)"),
            CleanText(line: "\(host.open_sessions)"),
        ]
    }

    private static func clock(_ ahead: Double?) -> String {
        guard let ahead else { return "?" }
        let tenths = (ahead * 10).rounded() / 10
        return tenths == 0 ? "0 s" : tenths > 0 ? "+\(tenths) s" : "\(tenths) s"
    }

    private func row(of pool: Fleet.Pool) -> [CleanText] {
        [
            pool.pool, "\(pool.waiting)", "\(pool.leased)", "\(pool.dead)", "\(pool.unarchived)",
            pool.oldest_at?.age(fleet.observed_at) ?? "",
            pool.hosts.isEmpty ? pool.owner ?? "nobody" : pool.hosts.joined(separator: ", "),
        ].map(CleanText.init(line:))
    }

    private func row(of key: Fleet.Key) -> [CleanText] {
        [key.dispatch_key, key.host, "\(key.pid)"].map(CleanText.init(line:))
    }
}
