internal import Redis

/// Questions to Redis that are asked together: one round trip, whatever their number.
struct Inquiry {
    /// Where the answer of a question will be.
    struct Ticket { fileprivate let index: Int }

    private(set) var commands: [[String]] = []
    private var optional: Set<Int> = []
    private var replies: [RedisReply] = []

    mutating func ask(_ words: String...) -> Ticket { ask(words) }

    mutating func ask(_ words: [String]) -> Ticket {
        commands.append(words)
        return Ticket(index: commands.count - 1)
    }

    /// One that a server may refuse: what it would have told is not known then.
    mutating func askIfAllowed(_ words: String...) -> Ticket {
        optional.insert(commands.count)
        return ask(words)
    }

    /// - Throws: also when Redis refuses a question that it must not: a zero would read as if there were nothing.
    mutating func send(over connection: inout RedisConnection) throws(RedisError) {
        replies = try connection.pipeline(commands)
        for (index, reply) in replies.enumerated() where !optional.contains(index) {
            if case .error(let message) = reply { throw RedisError(reply: message) }
        }
    }

    subscript(ticket: Ticket) -> RedisReply { replies.indices.contains(ticket.index) ? replies[ticket.index] : .null }

    func count(_ ticket: Ticket) -> Int64 { self[ticket].integer ?? 0 }
    func texts(_ ticket: Ticket) -> [String] { (self[ticket].array ?? []).compactMap(\.text) }

    /// The score of the first member of a `… WITHSCORES`, ms.
    func firstScore(_ ticket: Ticket) -> Int64? { scored(ticket).first?.milliseconds }

    /// Members and scores of a `… WITHSCORES`.
    func scored(_ ticket: Ticket) -> [(member: String, milliseconds: Int64)] {
        let flat = texts(ticket)
        return stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
            Int64(exactly: (Double(flat[index + 1]) ?? 0).rounded()).map { (flat[index], $0) }
        }
    }

    /// The scores of a `ZMSCORE`, ms; nil for what is no member.
    func scores(_ ticket: Ticket) -> [Int64?] {
        (self[ticket].array ?? []).map { reply in
            reply.text.flatMap { Double($0) }.flatMap { Int64(exactly: $0.rounded()) }
        }
    }

    /// Names and values of an `HMGET` of these names.
    func fields(_ ticket: Ticket, _ names: [String]) -> [String: String] {
        let values = self[ticket].array ?? []
        return zip(names, values).reduce(into: [:]) { fields, pair in fields[pair.0] = pair.1.text }
    }
}
