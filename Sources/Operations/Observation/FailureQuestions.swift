internal import Domain
internal import Redis
internal import Storage

/// What is asked of episodes that have failed, once their ids are known.
struct FailureQuestions {
    private let ids: [EpisodeID]
    private let due: Inquiry.Ticket?
    private let hashes: [Inquiry.Ticket]
    private let dead: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: PoolKeys, ids: [EpisodeID]) {
        self.ids = ids
        due = ids.isEmpty ? nil : inquiry.ask(["ZMSCORE", keys.schedule.name] + ids.map(\.rawValue))
        hashes = ids.map { inquiry.ask(["HMGET", keys.episode($0).name] + EpisodeFailure.fields) }
        dead = ids.map { inquiry.ask("ZSCORE", keys.dead.name, $0.rawValue) }
    }

    /// For each; nil for one whose hash is gone.
    func failures(_ answers: Inquiry) -> [EpisodeFailure?] {
        let due = due.map { answers.scores($0) } ?? []
        return ids.indices.map { index in
            let fields = answers.fields(hashes[index], EpisodeFailure.fields)
            guard !fields.isEmpty else { return nil }
            return EpisodeFailure(
                ids[index], fields: fields, due: due.indices.contains(index) ? due[index] : nil,
                isDead: answers[dead[index]].text != nil)
        }
    }
}
