internal import CHiredis
package import Domain
internal import Glibc

/// One blocking connection. Every wait has a deadline; after `unreachable` the connection is of no more use.
@safe package struct RedisConnection: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>
    /// Answers owed to AUTH and SELECT, which travel with the first command so that all take one round trip.
    private var owedGreetings = 0
    private let place: String

    package init(to url: RedisURL, deadlines: RedisDeadlines) throws(RedisError) {
        unsafe self.init(context: try Self.connect(to: url, deadlines: deadlines), place: url.description)
        if let password = url.password {
            append(url.user.map { ["AUTH", $0, password] } ?? ["AUTH", password])
            owedGreetings += 1
        }
        if url.database != 0 {
            append(["SELECT", String(url.database)])
            owedGreetings += 1
        }
    }

    /// The socket, for who must end a wait of another thread: shut down, it makes every reply fail.
    package var descriptor: Int32 { unsafe context.pointee.fd }

    private init(context: UnsafeMutablePointer<redisContext>, place: String) {
        unsafe self.context = context
        self.place = place
    }

    deinit {
        unsafe redisFree(context)
    }

    private static func connect(
        to url: RedisURL, deadlines: RedisDeadlines
    ) throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        let created: UnsafeMutablePointer<redisContext>?
        switch url.endpoint {
        case .unix(let path): unsafe created = redisConnectUnixWithTimeout(path, deadlines.connect.timeval)
        case .tcp(let host, let port):
            unsafe created = redisConnectWithTimeout(host, Int32(port), deadlines.connect.timeval)
        }
        guard let context = unsafe created else {
            throw .unreachable(reason: "cannot reach Redis at \(url) (out of memory)")
        }
        guard unsafe context.pointee.err == 0, unsafe redisSetTimeout(context, deadlines.reply.timeval) == REDIS_OK
        else {
            let failure = unsafe failure(of: context, at: url.description)
            unsafe redisFree(context)
            throw failure
        }
        return unsafe context
    }

    /// Asks a query in one round trip.
    /// - Throws: also when the server refuses a command that it must not.
    package mutating func ask<Query: RedisQuery>(_ query: Query) throws(RedisError) -> Query.Answer {
        let requests = query.requests
        // Every test holds every query to it; in production it costs nothing.
        assert(Set(requests.flatMap(\.keys).map(\.slot)).count <= 1, "\(Query.self) touches two slots")
        var replies = RedisReplies(try exchange(requests))
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
        var replies = RedisReplies(try exchange(requests[0] + requests[1]))
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
        append(["EVALSHA", source.sha1] + tail)
        var reply = try nextReply()
        if case .error(let message) = reply, message.hasPrefix("NOSCRIPT") {
            append(["EVAL", source.text] + tail)
            reply = try nextReply()
        }
        if case .error(let message) = reply { throw RedisError(reply: message) }
        return try script.decode(reply)
    }

    /// Sends all requests at once and waits for all replies; error replies stand among them.
    private mutating func exchange(_ requests: [RedisRequest]) throws(RedisError) -> [RedisReply] {
        for request in requests { append(request.words) }
        var replies: [RedisReply] = []
        replies.reserveCapacity(requests.count)
        for _ in requests { replies.append(try nextReply()) }
        return replies
    }

    private func append(_ command: [String]) {
        let bytes = command.map { Array($0.utf8) }
        // A byte more, so that a command of empty arguments has an address too.
        var all: [UInt8] = []
        all.reserveCapacity(bytes.reduce(1) { $0 + $1.count })
        for argument in bytes { all += argument }
        all.append(0)
        unsafe all.withUnsafeBytes { buffer in
            guard let base = unsafe buffer.bindMemory(to: CChar.self).baseAddress else { return }
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            var lengths: [Int] = []
            var offset = 0
            for argument in bytes {
                unsafe pointers.append(base + offset)
                lengths.append(argument.count)
                offset += argument.count
            }
            _ = unsafe redisAppendCommandArgv(context, Int32(bytes.count), &pointers, lengths)
        }
    }

    private mutating func nextReply() throws(RedisError) -> RedisReply {
        while owedGreetings > 0 {
            let greeting = try readReply()
            owedGreetings -= 1
            if case .error(let message) = greeting { throw RedisError(reply: message) }
        }
        return try readReply()
    }

    private func readReply() throws(RedisError) -> RedisReply {
        var raw: UnsafeMutableRawPointer?
        guard unsafe redisGetReply(context, &raw) == REDIS_OK, let raw = unsafe raw else {
            throw unsafe Self.failure(of: context, at: place)
        }
        defer { unsafe freeReplyObject(raw) }
        return unsafe Self.copy(raw.assumingMemoryBound(to: redisReply.self))
    }

    private static func copy(_ reply: UnsafeMutablePointer<redisReply>) -> RedisReply {
        let type = unsafe reply.pointee.type
        switch type {
        case REDIS_REPLY_INTEGER:
            return unsafe .integer(reply.pointee.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS, REDIS_REPLY_ERROR:
            guard let characters = unsafe reply.pointee.str else { return .null }
            let bytes = unsafe UnsafeRawBufferPointer(start: characters, count: Int(reply.pointee.len))
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            return type == REDIS_REPLY_ERROR ? .error(text) : .text(text)
        case REDIS_REPLY_ARRAY:
            var elements: [RedisReply] = []
            for index in 0..<(unsafe Int(reply.pointee.elements)) {
                if let element = unsafe reply.pointee.element[index] { elements.append(unsafe copy(element)) }
            }
            return .array(elements)
        default:
            return .null
        }
    }

    private static func failure(of context: UnsafeMutablePointer<redisContext>, at place: String) -> RedisError {
        // Read first: anything else may set it. It means something only where hiredis says that a call failed.
        let number = errno
        let isCallFailure = unsafe context.pointee.err == REDIS_ERR_IO
        let text = unsafe withUnsafeBytes(of: &context.pointee.errstr) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if isCallFailure, number == EAGAIN || number == ETIMEDOUT || number == EINPROGRESS {
            return .timedOut(reason: "cannot reach Redis at \(place) (no answer in time)")
        }
        return .unreachable(reason: "cannot reach Redis at \(place) (\(text))")
    }
}

extension Duration {
    fileprivate var timeval: timeval {
        let (seconds, attoseconds) = components
        return Glibc.timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
