internal import Domain
internal import Platform
internal import Redis
internal import Storage

/// A registry full of bound sessions, as the real scripts leave them.
struct FilledRegistry: ~Copyable {
    /// Microseconds a call takes.
    struct Times {
        var lookUp: Double
        var record: Double
    }

    private static let batch = 1_000
    private static let batches = 5
    private static let host = "bench-00000000"
    private static let maxAge = SessionAges.standard.standardMilliseconds
    /// What the copies of session 0 have in its place.
    private static let zero = number(0)

    /// A million calls of the real script would take a minute. So one session is told, and the server copies it: each
    /// run of twelve zeros, in keys and values, becomes the number of the copy.
    private static let copies = """
        local templates = {}
        for index = 1, 2 do
          local key = KEYS[index]
          templates[index] = {key = key, fields = redis.call('HGETALL', key), ttl = redis.call('PTTL', key)}
        end
        for index = tonumber(ARGV[1]), tonumber(ARGV[2]) do
          local number = string.format('%012d', index)
          local function numbered(text) return (text:gsub(ARGV[3], number)) end
          for _, template in ipairs(templates) do
            local key, fields = numbered(template.key), {}
            for place, value in ipairs(template.fields) do fields[place] = numbered(value) end
            redis.call('HSET', key, unpack(fields))
            redis.call('PEXPIRE', key, template.ttl)
          end
          redis.call('ZADD', KEYS[3], ARGV[5] - index % 3600000, numbered(ARGV[4]))
        end
        return 1
        """

    private let keys = Keys(namespace: "bench")
    private let registry: SessionRegistry
    private var connection: RedisConnection
    private var size = 0

    init(_ url: RedisURL) throws {
        registry = SessionRegistry(keys: keys)
        connection = try RedisConnection(to: url, deadlines: RedisDeadlines(connect: .seconds(1), reply: .seconds(60)))
    }

    /// Makes the sessions that are missing.
    mutating func fill(upTo count: Int) throws {
        if size == 0 {
            let now = HostClock.now()
            _ = try connection.run(registry.telling(Self.news(.stopped, of: 0, at: now), at: now))
            size = 1
        }
        let (id, key) = try Self.names(0)
        while size < count {
            let last = min(size + Self.batch, count) - 1
            _ = try connection.ask(
                Words(words: [
                    "EVAL", Self.copies, "3", keys.session(id).name, keys.binding(key).name, keys.sessions.name,
                    String(size), String(last), Self.zero, id.rawValue, String(HostClock.wallMilliseconds),
                ]))
            size = last + 1
        }
    }

    /// The medians of some batches of calls over random sessions: one that the machine disturbed does not count.
    mutating func times() throws -> Times {
        var lookUps: [Double] = []
        var records: [Double] = []
        // The first of each only warms up.
        for _ in 0...Self.batches {
            lookUps.append(try lookUpBatch())
            records.append(try recordBatch())
        }
        return Times(lookUp: Self.median(lookUps.dropFirst()), record: Self.median(records.dropFirst()))
    }

    mutating func usedBytes() throws -> Int {
        Int(try connection.ask(INFO()).memoryBytes)
    }

    private mutating func lookUpBatch() throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<Self.batch {
            let (id, key) = try Self.names(Int.random(in: 0..<size))
            let answer = try connection.run(
                registry.lookingUp(key, maxAgeMilliseconds: Self.maxAge, host: Self.host, at: HostClock.now()))
            // A lookup that finds nothing would be fast for the wrong reason.
            guard answer.binding.sessionID == id, answer.session.lastUsedMilliseconds != nil else {
                throw RedisError.unexpectedReply(expected: "session \(id) bound to \(key)")
            }
        }
        return start.duration(to: clock.now) / Duration.microseconds(Self.batch)
    }

    private mutating func recordBatch() throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<Self.batch {
            let now = HostClock.now()
            let news = try Self.news(.prompted, of: Int.random(in: 0..<size), at: now)
            guard try connection.run(registry.telling(news, at: now))?.bound == news.sessionID else {
                throw RedisError.unexpectedReply(expected: "session \(news.sessionID) bound")
            }
        }
        return start.duration(to: clock.now) / Duration.microseconds(Self.batch)
    }

    private static func news(_ kind: SessionNews.Kind, of session: Int, at now: Moment) throws -> SessionNews {
        let (id, key) = try names(session)
        var news = SessionNews(kind, of: id, key: key, at: now, host: host, maxSessionAgeMilliseconds: maxAge)
        news.configDirectory = "/home/dev/.claude"
        news.cwd = "/home/dev/project"
        news.transcript = .found
        news.transcriptPath = "/home/dev/.claude/projects/-home-dev-project/\(id).jsonl"
        news.projectsFolder = "65024:16221105"
        news.process = ClientProcess(pid: 4711, startTicks: 353_527)
        news.ancestors = (1...4).map { ClientProcess(pid: 4711 - $0, startTicks: 353_000) }
        return news
    }

    private static func names(_ session: Int) throws -> (id: SessionID, key: DispatchKey) {
        let number = number(session)
        guard let id = SessionID(rawValue: "00000000-0000-4000-8000-\(number)") else {
            fatalError("twelve digits make a session ID")
        }
        return (id, try DispatchKey("bench/\(number)"))
    }

    /// Twelve digits.
    private static func number(_ session: Int) -> String { String(session, digits: 12) }

    private static func median(_ times: ArraySlice<Double>) -> Double {
        times.sorted()[times.count / 2]
    }
}

/// A command in plain words: only here is Redis filled without a hook.
private struct Words: RedisCommand {
    let words: [String]

    var request: RedisRequest { RedisRequest(words) }
    func read(_ reply: RedisReply) -> RedisReply { reply }
}
