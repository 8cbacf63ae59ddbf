internal import Domain

extension Status {
    /// Another pool in the same Redis, with a queue and nobody who works on it.
    package struct Pool: Codable, Sendable {
        package var name: String
        package var episodes: Int64
        /// In no archive.
        package var unarchived: Int64
    }

    /// As JSON a list.
    package struct UnservedPools: StatusSection {
        package var all: [Pool] = []

        init(_ all: [Pool] = []) { self.all = all }

        package init(from decoder: any Decoder) throws { all = try [Pool](from: decoder) }
        package func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
    }
}

extension Status.UnservedPools {
    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge(
                "holdfast_unserved_pools", "Other pools in this Redis whose queue no companion serves.", all.count)
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard !all.isEmpty else { return nil }
        return StatusRow(
            "other pools", all.map { "\($0.name): \(counted($0.episodes, "episode"))" }.joined(separator: ", "))
    }

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        guard let first = all.first else { return [] }
        let episodes = all.reduce(0) { $0 + max($1.episodes, $1.unarchived) }
        let names =
            all.prefix(5).map(\.name).joined(separator: ", ") + (all.count > 5 ? " and \(all.count - 5) more" : "")
        return [
            Trouble(
                .pool_unserved,
                "No companion serves \(all.count == 1 ? "the pool" : "the pools") \(names) (\(counted(episodes, "episode")))",
                atRisk: "what was said there: it is in Redis and in no archive, and no memory is made",
                remedy: "start the companion of its host, or take it over: 'holdfast pool adopt \(first.name)'")
        ]
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        [
            Evidence(
                .archived, by: "other pools", "nobody serves them", isWell: all.isEmpty, at: judgement.now)
        ]
    }
}
