package import Domain

/// One connection that waits for its answers. Every wait has a deadline; after `unreachable` or `timedOut` the connection
/// is of no more use and says the same again.
package struct RedisConnection: ~Copyable {
    private var channel: RedisChannel
    /// AUTH and SELECT, which travel with the first command so that all take one round trip.
    private var greetings: [[String]] = []

    package init(to url: RedisURL, deadlines: RedisDeadlines) throws(RedisError) {
        channel = try RedisChannel(to: url, deadlines: deadlines)
        if let password = url.password {
            greetings.append(url.user.map { ["AUTH", $0, password] } ?? ["AUTH", password])
        }
        if url.database != 0 { greetings.append(["SELECT", String(url.database)]) }
    }

    /// The socket, for who must end a wait of another thread: shut down, it makes every reply fail.
    package var descriptor: Int32 { channel.descriptor }

    /// Asks a query in one round trip.
    /// - Throws: also when the server refuses a command that it must not.
    package mutating func ask<Query: RedisQuery>(_ query: Query) throws(RedisError) -> Query.Answer {
        let requests = query.requests
        // Every test holds every query to it; in production it costs nothing.
        assert(Set(requests.flatMap(\.keys).map(\.slot)).count <= 1, "\(Query.self) touches two slots")
        var replies = RedisReplies(try exchange(requests.map(\.words)))
        return try query.decode(&replies)
    }

    /// Asks two queries, each of a slot of its own. Of one server they are asked together, in one round trip.
    package mutating func ask<First: RedisQuery, Second: RedisQuery>(
        _ first: First, _ second: Second
    ) throws(RedisError) -> (First.Answer, Second.Answer) {
        let requests = [first.requests, second.requests]
        assert(
            requests.allSatisfy { Set($0.flatMap(\.keys).map(\.slot)).count <= 1 },
            "\(First.self) or \(Second.self) touches two slots")
        var replies = RedisReplies(try exchange((requests[0] + requests[1]).map(\.words)))
        return (try first.decode(&replies), try second.decode(&replies))
    }

    /// Runs a script by its hash; a server that does not know it gets the source.
    /// - Parameter now: stands in for the server's clock in tests, ms since 1970.
    package mutating func run<Script: RedisScript>(
        _ script: Script, now: Int64? = nil
    ) throws(RedisError) -> Script.Answer {
        let keys = script.keys, source = script.source
        assert(Set(keys.map(\.slot)).count <= 1, "\(Script.self) touches two slots")
        let tail = [String(keys.count)] + keys.map(\.name) + script.arguments(now: now)
        var reply = try exchange([["EVALSHA", source.sha1] + tail])[0]
        if case .error(let message) = reply, message.hasPrefix("NOSCRIPT") {
            reply = try exchange([["EVAL", source.text] + tail])[0]
        }
        if case .error(let message) = reply { throw RedisError(reply: message) }
        return try script.decode(reply)
    }

    /// Runs two scripts in one round trip, each of a slot of its own. The first goes with its source: the second never runs
    /// because a server did not know the first.
    package mutating func run<First: RedisScript, Second: RedisScript>(
        _ first: First, before second: Second
    ) throws(RedisError) -> (Result<First.Answer, RedisError>, Second.Answer) {
        assert(
            [first.keys, second.keys].allSatisfy { Set($0.map(\.slot)).count <= 1 },
            "\(First.self) or \(Second.self) touches two slots")
        func tail(_ script: some RedisScript) -> [String] {
            [String(script.keys.count)] + script.keys.map(\.name) + script.arguments(now: nil)
        }
        let source = second.source, ending = tail(second)
        var replies = try exchange([
            ["EVAL", first.source.text] + tail(first), ["EVALSHA", source.sha1] + ending,
        ])
        if case .error(let message) = replies[1], message.hasPrefix("NOSCRIPT") {
            replies[1] = try exchange([["EVAL", source.text] + ending])[0]
        }
        func answer<Script: RedisScript>(_ script: Script, _ reply: RedisReply) throws(RedisError) -> Script.Answer {
            if case .error(let message) = reply { throw RedisError(reply: message) }
            return try script.decode(reply)
        }
        let outcome: Result<First.Answer, RedisError>
        do throws(RedisError) {
            outcome = .success(try answer(first, replies[0]))
        } catch {
            outcome = .failure(error)
        }
        return (outcome, try answer(second, replies[1]))
    }

    /// Sends all commands at once and waits for all replies; error replies stand among them.
    private mutating func exchange(_ commands: [[String]]) throws(RedisError) -> [RedisReply] {
        let replies = try channel.exchange(greetings + commands)
        let greeted = replies.prefix(greetings.count)
        greetings = []
        for case .error(let message) in greeted { throw RedisError(reply: message) }
        return Array(replies.dropFirst(greeted.count))
    }
}
