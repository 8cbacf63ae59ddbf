internal import Domain
internal import Redis
internal import Storage

/// What is asked of episodes that have failed, once their ids are known.
struct FailureQuestions {
    private let ids: [EpisodeID]
    private let shown: [EpisodeID]
    private let due: Inquiry.Ticket?
    private let hashes: [Inquiry.Ticket]
    private let dead: [Inquiry.Ticket]

    /// - Parameter shown: of how many more than the next retry is to be known.
    init(_ inquiry: inout Inquiry, _ keys: PoolKeys, ids: [EpisodeID], shown count: Int) {
        self.ids = ids
        shown = Array(ids.prefix(count))
        due = ids.isEmpty ? nil : inquiry.ask(["ZMSCORE", keys.schedule] + ids.map(\.rawValue))
        hashes = shown.map { inquiry.ask(["HMGET", keys.episode($0)] + EpisodeFailure.fields) }
        dead = shown.map { inquiry.ask("ZSCORE", keys.dead, $0.rawValue) }
    }

    /// When the first of them is tried again, ms since 1970.
    func nextRetry(_ answers: Inquiry) -> Int64? { dueTimes(answers).compactMap { $0 }.min() }

    /// For each of those shown; nil for one whose hash is gone.
    func failures(_ answers: Inquiry) -> [EpisodeFailure?] {
        let due = dueTimes(answers)
        return shown.indices.map { index in
            let fields = answers.fields(hashes[index], EpisodeFailure.fields)
            guard !fields.isEmpty else { return nil }
            return EpisodeFailure(
                shown[index], fields: fields, due: due.indices.contains(index) ? due[index] : nil,
                isDead: answers[dead[index]].text != nil)
        }
    }

    private func dueTimes(_ answers: Inquiry) -> [Int64?] {
        guard let due else { return [] }
        return (answers[due].array ?? []).map { reply in
            reply.text.flatMap { Double($0) }.flatMap { Int64(exactly: $0.rounded()) }
        }
    }
}
