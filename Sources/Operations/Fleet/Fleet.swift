internal import Domain

/// All hosts that use one Redis, as who runs them wants to see them: who lives, on what version, with which queue, and who
/// drives which key.
package struct Fleet: Codable, Sendable {
    package struct Host: Codable, Sendable {
        package enum State: String, Codable, Sendable {
            case running
            /// It has said nothing for half a minute, and did not take its leave.
            case gone
        }

        package var host: String
        package var state: State
        @OrNull package var version: String?
        package var beat_at: Timestamp
        @OrNull package var started_at: Timestamp?
        /// By how much its clock is ahead of the server's; negative where it is behind.
        @OrNull package var clock_ahead_seconds: Double?
        /// Whose queue it works on.
        @OrNull package var pool: String?
        /// owner or standby.
        @OrNull package var archive: String?
        package var leases: Int
        /// Sessions that have not ended, of the two hundred that were used last.
        package var open_sessions: Int
        /// Dispatch keys that it drives now.
        package var driven_keys: Int
    }

    package struct Pool: Codable, Sendable {
        package var pool: String
        package var waiting: Int64
        package var leased: Int64
        package var dead: Int64
        package var unarchived: Int64
        /// When the oldest was captured that is neither a memory nor given up.
        @OrNull package var oldest_at: Timestamp?
        /// The host whose companion writes its archive.
        @OrNull package var owner: String?
        /// Hosts that run and say that they work on it.
        package var hosts: [String]
    }

    /// A dispatch key that is driven now.
    package struct Key: Codable, Sendable {
        package var dispatch_key: String
        package var host: String
        package var pid: Int
    }

    package var observed_at: Timestamp
    package var hosts: [Host]
    package var pools: [Pool]
    package var keys: [Key]
    /// What is not as it should be, a sentence each.
    package var complaints: [String] = []
}

extension Fleet {
    /// A clock that is off by more makes of the order of what hosts tell another one.
    private static let mostAhead = 5.0

    /// What a person should look at.
    var found: [String] {
        [absence].compactMap { $0 } + hosts.compactMap(death) + pools.compactMap(idleness) + hosts.compactMap(skew)
            + [versions].compactMap { $0 }
    }

    private var absence: String? {
        hosts.contains { $0.state == .running } ? nil : "no companion runs on any host; to do: 'holdfast up'"
    }

    private func death(of host: Host) -> String? {
        guard host.state == .gone else { return nil }
        let since = "\(host.beat_at.clock(observed_at)) (\(host.beat_at.ago(observed_at)))"
        return "\(host.host) has said nothing since \(since); to do: 'holdfast up' there starts it"
    }

    /// Of a pool with work that nobody does. An earlier version's companion does not say which pool it works on, but has its
    /// archive.
    private func idleness(of pool: Pool) -> String? {
        let open = max(pool.waiting + pool.leased, pool.unarchived)
        guard pool.hosts.isEmpty, pool.owner == nil, open > 0 else { return nil }
        return "no host works on the pool '\(pool.pool)' (\(counted(open, "episode"))); "
            + "to do: 'holdfast pool adopt \(pool.pool)' takes it over"
    }

    private func skew(of host: Host) -> String? {
        guard host.state == .running, let ahead = host.clock_ahead_seconds, abs(ahead) > Self.mostAhead else {
            return nil
        }
        let amount = (abs(ahead) * 10).rounded() / 10
        return "the clock of \(host.host) is \(amount) s \(ahead > 0 ? "ahead of" : "behind") the server's; "
            + "to do: set it (NTP), since news of several hosts is ordered by their clocks"
    }

    private var versions: String? {
        let running = hosts.filter { $0.state == .running }
        let known = Set(running.compactMap(\.version)).sorted()
        guard known.count > 1 else { return nil }
        let words = known.map { version in
            "\(version) on \(running.filter { $0.version == version }.map(\.host).joined(separator: ", "))"
        }
        return "companions of \(known.count) versions run: \(words.joined(separator: "; "))"
    }
}
