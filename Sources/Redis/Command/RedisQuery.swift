/// One command as it goes over the wire.
package struct RedisRequest: Sendable, Equatable {
    package var words: [String]
    /// Those of the words that are keys.
    package var keys: [RedisKey]
    /// Hosted servers, and logins of little right, refuse some commands; what they would have told is not known then.
    package var mayBeRefused = false

    package init(_ words: [String], keys: [RedisKey] = [], mayBeRefused: Bool = false) {
        self.words = words
        self.keys = keys
        self.mayBeRefused = mayBeRefused
    }
}

/// Something to be asked of Redis, as a value: its commands, which travel together in one round trip, and how their
/// answers read. All keys of a query lie in one slot, so that one shard of a cluster can answer it; commands that name
/// no key go along with any.
package protocol RedisQuery<Answer>: Sendable {
    associatedtype Answer: Sendable
    var requests: [RedisRequest] { get }
    /// Takes as many replies as there are requests.
    func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer
}

extension RedisQuery {
    package var keys: [RedisKey] { requests.flatMap(\.keys) }
    /// The slots it touches: one, or none where it names no key.
    package var slots: Set<UInt16> { Set(keys.map(\.slot)) }
}

/// A query of one command.
package protocol RedisCommand<Answer>: RedisQuery {
    associatedtype Answer
    var request: RedisRequest { get }
    func read(_ reply: RedisReply) throws(RedisError) -> Answer
}

extension RedisCommand {
    package var requests: [RedisRequest] { [request] }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        try read(request.mayBeRefused ? replies.nextOrNull() : replies.next())
    }
}

/// The replies to a query's requests, taken one after the other.
package struct RedisReplies {
    private var rest: ArraySlice<RedisReply>

    package init(_ replies: [RedisReply]) { rest = replies[...] }

    /// - Throws: what the server answered in place of a reply: a zero would read as if there were nothing.
    package mutating func next() throws(RedisError) -> RedisReply {
        guard let reply = rest.popFirst() else { throw .unexpectedReply(expected: "a reply for each command") }
        if case .error(let message) = reply { throw RedisError(reply: message) }
        return reply
    }

    /// The next reply; null where the server refused it.
    package mutating func nextOrNull() throws(RedisError) -> RedisReply {
        guard let reply = rest.popFirst() else { throw .unexpectedReply(expected: "a reply for each command") }
        if case .error = reply { return .null }
        return reply
    }
}

/// The same query for many things.
package struct ForEach<Query: RedisQuery>: RedisQuery {
    package let queries: [Query]

    package init(_ queries: [Query]) { self.queries = queries }

    package var requests: [RedisRequest] { queries.flatMap(\.requests) }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> [Query.Answer] {
        var answers: [Query.Answer] = []
        answers.reserveCapacity(queries.count)
        for query in queries { answers.append(try query.decode(&replies)) }
        return answers
    }
}
