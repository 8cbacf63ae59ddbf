internal import Domain
internal import Redis
internal import Storage

/// When the next retry is. The schedule holds episodes that have failed and such that have not, and says not which; so
/// the next of the schedule are looked for among the failed, and the first and the last of the failed on the schedule. With
/// more than so many of each the answer may be later than the truth.
struct RetryQuestions {
    private static let looked = 100
    private let due, latest, first: Inquiry.Ticket

    init(_ inquiry: inout Inquiry, _ keys: PoolKeys) {
        due = inquiry.ask("ZRANGE", keys.schedule.name, "0", String(Self.looked - 1), "WITHSCORES")
        latest = inquiry.ask("ZREVRANGE", keys.failed.name, "0", String(Self.looked - 1))
        first = inquiry.ask("ZRANGE", keys.failed.name, "0", String(Self.looked - 1))
    }

    /// Those that failed last, the latest first.
    func failedIDs(_ answers: Inquiry) -> [EpisodeID] { answers.texts(latest).compactMap(EpisodeID.init) }

    /// What can be asked once the first answers are there.
    func deepened(_ second: inout Inquiry, _ keys: PoolKeys, _ answers: Inquiry) -> NextRetry {
        let next = answers.scored(due), ends = answers.texts(latest) + answers.texts(first)
        return NextRetry(
            due: next.map(\.milliseconds),
            failed: next.isEmpty ? nil : second.ask(["ZMSCORE", keys.failed.name] + next.map(\.member)),
            scheduled: ends.isEmpty ? nil : second.ask(["ZMSCORE", keys.schedule.name] + ends))
    }

    struct NextRetry {
        fileprivate let due: [Int64]
        fileprivate let failed, scheduled: Inquiry.Ticket?

        /// Ms since 1970.
        func time(_ answers: Inquiry) -> Int64? {
            let first = zip(due, failed.map { answers.scores($0) } ?? []).first { $0.1 != nil }?.0
            return first ?? scheduled.map { answers.scores($0) }?.compactMap { $0 }.min()
        }
    }
}
