internal import Domain
internal import Redis

/// What is asked of the server itself.
struct RedisQuestions {
    private let info, time, save: Inquiry.Ticket

    init(_ inquiry: inout Inquiry) {
        // Hosted servers, and logins of little right, are refused these; then it is not known.
        info = inquiry.askIfAllowed("INFO")
        time = inquiry.ask("TIME")
        save = inquiry.askIfAllowed("CONFIG", "GET", "save")
    }

    func fill(_ redis: inout Status.Redis, _ answers: Inquiry, now: Int64) {
        let info = ServerInfo(answers[info].text ?? "")
        redis.version = info["redis_version"]
        redis.memory_bytes = info.number("used_memory")
        redis.memory_limit_bytes = info.number("maxmemory")
        redis.eviction_policy = info["maxmemory_policy"]
        redis.evicted_keys = info.number("evicted_keys")
        let uptime = info.number("uptime_in_seconds")
        redis.started_at = uptime > 0 ? Timestamp(now - uptime * 1000) : nil
        let save = answers[save].fields["save"]
        redis.persistence =
            info["aof_enabled"] == "1"
            ? "append-only file" : save.map { $0.isEmpty ? "none" : "snapshots" } ?? "unknown"
        let time = answers.texts(time).compactMap { Int64($0) }
        if time.count == 2 {
            redis.clock_offset_seconds = Double(time[0] * 1000 + time[1] / 1000 - now) / 1000
        }
    }
}
