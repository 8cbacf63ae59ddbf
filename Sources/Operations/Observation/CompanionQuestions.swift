internal import Redis
internal import Storage

/// What is asked of the companions that use this Redis: first which there are, then what each says of itself.
struct CompanionQuestions {
    private let all: Inquiry.Ticket
    private static let most = 100

    init(_ inquiry: inout Inquiry, _ keys: Keys) {
        all = inquiry.ask("ZREVRANGE", keys.companions.name, "0", String(Self.most - 1), "WITHSCORES")
    }

    func hosts(_ answers: Inquiry) -> [(host: String, beat: Int64)] {
        answers.scored(all).map { ($0.member, $0.milliseconds) }
    }
}
