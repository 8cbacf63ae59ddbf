internal import CHiredis
internal import Domain
internal import Glibc
internal import Platform

/// Commands out, replies in: hiredis, which formats and parses, on a socket that never blocks. What hiredis has no bounds
/// for is bounded here: the time that an answer takes, and its size.
@safe struct RedisChannel: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>
    private let account: ReplyAccount
    private let place: String
    private let deadlines: RedisDeadlines
    private let age = Stopwatch()
    /// Why nothing more can be asked: what is still on its way would be taken for the next answer.
    private var ending: RedisError?

    init(to url: RedisURL, deadlines: RedisDeadlines) throws(RedisError) {
        unsafe context = try Self.connect(to: url, deadlines)
        unsafe account = ReplyAccount(of: context.pointee.reader)
        place = url.description
        self.deadlines = deadlines
    }

    deinit {
        unsafe redisFree(context)
        account.free()
    }

    var descriptor: Int32 { unsafe context.pointee.fd }

    private static func connect(
        to url: RedisURL, _ deadlines: RedisDeadlines
    ) throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        let created: UnsafeMutablePointer<redisContext>?
        switch url.endpoint {
        case .unix(let path): unsafe created = redisConnectUnixWithTimeout(path, deadlines.connect.timeval)
        case .tcp(let host, let port):
            NameResolution.useOwn()
            unsafe created = redisConnectWithTimeout(host, Int32(port), deadlines.connect.timeval)
        }
        guard let context = unsafe created else {
            throw .unreachable(reason: "cannot reach Redis at \(url) (out of memory)")
        }
        guard unsafe context.pointee.err == 0 else {
            let failure = unsafe failure(of: context, at: url.description)
            unsafe redisFree(context)
            throw failure
        }
        do throws(OwnershipFault) {
            // Before a word is said: what we tell would be another's, and so would what we are told.
            switch url.endpoint {
            case .unix(let path): try Ownership.checkPeer(of: unsafe context.pointee.fd, at: path)
            case .tcp: try Ownership.checkListener(of: unsafe context.pointee.fd, at: url.description)
            }
        } catch {
            unsafe redisFree(context)
            throw .foreign(error)
        }
        // Of its own, hiredis would wait for each piece of an answer as for the first.
        _ = unsafe fcntl(context.pointee.fd, F_SETFL, fcntl(context.pointee.fd, F_GETFL) | O_NONBLOCK)
        unsafe context.pointee.flags &= ~REDIS_BLOCK
        return unsafe context
    }

    /// Sends commands together and reads a reply to each.
    mutating func exchange(_ commands: [[String]]) throws(RedisError) -> [RedisReply] {
        if let ending { throw ending }
        for command in commands { append(command) }
        do throws(RedisError) {
            return try replies(commands.count)
        } catch {
            ending = error
            throw error
        }
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

    private func replies(_ count: Int) throws(RedisError) -> [RedisReply] {
        let rest = deadlines.whole.map { $0 - age.elapsed } ?? deadlines.reply
        let watch = Stopwatch(limit: min(deadlines.reply, rest))
        account.begin()
        var replies: [RedisReply] = []
        replies.reserveCapacity(count)
        while true {
            // Looked at once more when the time is over: it may be we who were kept waiting.
            let isOver = watch.isOver
            let isSent = try send()
            let received = try receive()
            while replies.count < count, let reply = try parsed() { replies.append(reply) }
            if replies.count == count { return replies }
            guard !isOver else { throw tooLate }
            guard received == 0 else { continue }
            _ = Readiness.wait(for: isSent ? .readable : .readableOrWritable, of: descriptor, before: watch)
        }
    }

    /// - Returns: nil where none has arrived whole.
    private func parsed() throws(RedisError) -> RedisReply? {
        var raw: UnsafeMutableRawPointer?
        guard unsafe redisGetReplyFromReader(context, &raw) == REDIS_OK else {
            throw account.isOverdrawn ? tooLarge : unsafe Self.failure(of: context, at: place)
        }
        guard let raw = unsafe raw else { return nil }
        defer { unsafe freeReplyObject(raw) }
        return unsafe RedisReply(raw.assumingMemoryBound(to: redisReply.self))
    }

    /// - Returns: whether nothing is left to be sent.
    private func send() throws(RedisError) -> Bool {
        var isDone: Int32 = 0
        guard unsafe redisBufferWrite(context, &isDone) == REDIS_OK else {
            throw unsafe Self.failure(of: context, at: place)
        }
        return isDone != 0
    }

    /// Takes in what has arrived: at most 16 KB at a time, but a quarter of what already waits to be whole, since that is
    /// searched again each time.
    /// - Returns: how much that was.
    private func receive() throws(RedisError) -> Int {
        var sum = 0
        while true {
            let before = unsafe context.pointee.reader.pointee.len
            guard unsafe redisBufferRead(context) == REDIS_OK else {
                throw unsafe Self.failure(of: context, at: place)
            }
            let (length, position) = unsafe (context.pointee.reader.pointee.len, context.pointee.reader.pointee.pos)
            account.add(bytes: length - before)
            if account.isOverdrawn { throw tooLarge }
            sum += length - before
            if length == before || sum >= (length - position) / 4 { return sum }
        }
    }

    private var tooLate: RedisError { .timedOut(reason: "cannot reach Redis at \(place) (no answer in time)") }

    private var tooLarge: RedisError {
        .unreachable(
            reason: """
                cannot reach Redis at \(place) (its answer is larger than \(ReplyBounds.bytes >> 20) MB or \
                \(ReplyBounds.elements) elements)
                """)
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

extension RedisReply {
    /// Copies a reply out of hiredis, which nests them seven deep at most.
    fileprivate init(_ reply: UnsafeMutablePointer<redisReply>) {
        let type = unsafe reply.pointee.type
        switch type {
        case REDIS_REPLY_INTEGER: self = unsafe .integer(reply.pointee.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS:
            self = unsafe reply.pointee.str == nil ? .null : .text(Self.text(reply, limit: .max))
        // Shown to people, and kept in logs.
        case REDIS_REPLY_ERROR: self = unsafe .error(Self.text(reply, limit: 1000))
        case REDIS_REPLY_ARRAY:
            var elements: [RedisReply] = []
            for index in 0..<(unsafe Int(reply.pointee.elements)) {
                if let element = unsafe reply.pointee.element[index] { elements.append(unsafe RedisReply(element)) }
            }
            self = .array(elements)
        default: self = .null
        }
    }

    private static func text(_ reply: UnsafeMutablePointer<redisReply>, limit: Int) -> String {
        let bytes = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: min(limit, Int(reply.pointee.len)))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}

extension Duration {
    fileprivate var timeval: timeval {
        let (seconds, attoseconds) = components
        return Glibc.timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
