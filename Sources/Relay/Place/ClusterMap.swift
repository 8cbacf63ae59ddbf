internal import Domain

/// Which server has which slots, as `CLUSTER SLOTS` says.
struct ClusterMap: Equatable {
    struct Shard: Equatable {
        var slots: ClosedRange<Int>
        var master: RedisUpstream.Server
    }

    var shards: [Shard] = []

    init(_ shards: [Shard]) { self.shards = shards }

    /// - Parameter asked: who answered: it says nothing of its own host where it does not know it.
    /// - Returns: nil where it is no such answer, or says that no slot is anybody's.
    init?(_ reply: Reply, from asked: RedisUpstream.Server) {
        guard let rows = reply.array else { return nil }
        for row in rows {
            guard let row = row.array, row.count > 2, let first = row[0].integer, let last = row[1].integer,
                first >= 0, last < ClusterSlot.count, first <= last, let master = row[2].array,
                let server = Self.server(host: master.first?.text, port: master.dropFirst().first?.integer, asked)
            else { return nil }
            shards.append(Shard(slots: first...last, master: server))
        }
        if shards.isEmpty { return nil }
    }

    static func server(
        host: String?, port: Int?, _ asked: RedisUpstream.Server
    ) -> RedisUpstream.Server? {
        guard let port, (1...65_535).contains(port) else { return nil }
        // "?" is a host that is not known.
        return .init(host: host.flatMap { $0.isEmpty || $0 == "?" ? nil : $0 } ?? asked.host, port: port)
    }

    /// A sum over which slots are whose.
    var mark: UInt8 {
        var sum: UInt8 = 0
        let text = shards.map { "\($0.slots) \($0.master)" }.sorted().joined()
        for byte in text.utf8 { sum = sum &* 31 &+ byte }
        return sum
    }

    /// All masters that have slots, each once, by the first of them.
    var masters: [RedisUpstream.Server] {
        var seen: Set<RedisUpstream.Server> = []
        return shards.sorted { $0.slots.lowerBound < $1.slots.lowerBound }.map(\.master).filter {
            seen.insert($0).inserted
        }
    }
}

/// `MOVED slot host:port` and `ASK slot host:port`: where else a key is.
struct Redirection: Equatable {
    var isAsking: Bool
    var slot: Int
    var server: RedisUpstream.Server

    /// - Parameter error: a server's error.
    init?(_ error: String, from asked: RedisUpstream.Server) {
        let words = error.split(separator: " ")
        guard words.count >= 3, words[0] == "MOVED" || words[0] == "ASK", let slot = Int(words[1]),
            (0..<ClusterSlot.count).contains(slot), let colon = words[2].lastIndex(of: ":"),
            let server = ClusterMap.server(
                host: String(words[2][..<colon]), port: Int(words[2][words[2].index(after: colon)...]), asked)
        else { return nil }
        isAsking = words[0] == "ASK"
        self.slot = slot
        self.server = server
    }
}
