internal import Domain

/// What one sentinel says of a service's master.
struct SentinelAnswer: Equatable {
    var master: RedisUpstream.Server
    /// Grows with each failover; one that was cut off says an older one.
    var epoch: Int

    init(master: RedisUpstream.Server, epoch: Int) {
        self.master = master
        self.epoch = epoch
    }

    /// - Parameters:
    ///   - address: of `SENTINEL GET-MASTER-ADDR-BY-NAME`.
    ///   - master: of `SENTINEL MASTER`.
    /// - Returns: nil where they say nothing of the kind.
    init?(address: Reply?, master: Reply) {
        guard let words = address?.array, words.count == 2, let host = words[0].text, let port = words[1].integer,
            !master.fields.isEmpty
        else { return nil }
        self.init(
            master: .init(host: host, port: port),
            epoch: master.fields["config-epoch"].flatMap { Int($0) } ?? 0)
    }

    /// The master by all that answered: the latest election counts, and of one election what most say.
    static func master(by answers: [SentinelAnswer]) -> RedisUpstream.Server? {
        guard let epoch = answers.map(\.epoch).max() else { return nil }
        let latest = answers.filter { $0.epoch == epoch }.map(\.master)
        let counts = latest.map { master in latest.count { $0 == master } }
        return zip(latest, counts).max { $0.1 < $1.1 }?.0
    }
}
