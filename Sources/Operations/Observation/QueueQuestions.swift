internal import Domain
internal import Redis
internal import Storage

/// What is asked of a pool's queue.
struct QueueQuestions {
    private let now: Int64
    private let names: [String]
    private let schedule, leases, dead, unarchived, oldest, lastDone: Inquiry.Ticket
    private let today, yesterday: Inquiry.Ticket
    private let failed, oldestFailures, oldestDead: Inquiry.Ticket
    private let dueNow, later: Inquiry.Ticket
    private let intervals: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: PoolKeys, now: Int64) {
        self.now = now
        schedule = inquiry.ask("ZCARD", keys.schedule.name)
        leases = inquiry.ask("ZCARD", keys.leases.name)
        dead = inquiry.ask("ZCARD", keys.dead.name)
        unarchived = inquiry.ask("ZCARD", keys.unarchived.name)
        oldest = inquiry.ask("ZRANGE", keys.pending.name, "0", "0", "WITHSCORES")
        lastDone = inquiry.ask("ZREVRANGE", keys.done.name, "0", "0", "WITHSCORES")
        names = Self.names(now)
        today = inquiry.ask(["HMGET", keys.day(Self.day(now)).name] + names)
        yesterday = inquiry.ask(["HMGET", keys.day(Self.day(now - 86_400_000)).name] + names)
        failed = inquiry.ask("ZCARD", keys.failed.name)
        oldestFailures = inquiry.ask("ZRANGE", keys.failed.name, "0", "99", "WITHSCORES")
        oldestDead = inquiry.ask("ZRANGE", keys.dead.name, "0", "0", "WITHSCORES")
        dueNow = inquiry.ask("ZCOUNT", keys.schedule.name, "-inf", String(now))
        let length = Status.Schedule.intervalSeconds * 1000
        intervals = (0..<Int64(Status.Schedule.intervals)).map { index in
            inquiry.ask("ZCOUNT", keys.schedule.name, "(\(now + index * length)", String(now + (index + 1) * length))
        }
        later = inquiry.ask("ZCOUNT", keys.schedule.name, "(\(now + Int64(Status.Schedule.intervals) * length)", "+inf")
    }

    private static func startOfYesterday(_ now: Int64) -> Int64 { (now / 86_400_000 - 1) * 86_400_000 }

    static func day(_ milliseconds: Int64) -> String { String(ISOTime.text(milliseconds).prefix(10)) }

    func fill(_ status: inout Status, _ clues: inout Clues, _ answers: Inquiry) {
        let today = answers.fields(today, names), yesterday = answers.fields(yesterday, names)
        func number(_ name: String, of day: [String: String]) -> Int64 { day[name].flatMap { Int64($0) } ?? 0 }
        var queue = status.queue_status
        queue.scheduled = answers.count(schedule)
        queue.processing = answers.count(leases)
        queue.dead = answers.count(dead)
        queue.unarchived = answers.count(unarchived)
        queue.captured_today = number("captured", of: today)
        queue.completed_today = number("completed", of: today)
        queue.failed_today = number("failed", of: today)
        queue.captured_last_hour = lastHour("captured", today, yesterday)
        queue.completed_last_hour = lastHour("completed", today, yesterday)
        queue.oldest_pending = answers.firstScore(oldest).map { Timestamp($0) }
        queue.last_captured = Timestamp(
            orNever: max(number("last_captured_ms", of: today), number("last_captured_ms", of: yesterday)))
        let completed = max(number("last_completed_ms", of: today), number("last_completed_ms", of: yesterday))
        // The set of what is done holds what was given up, too; before yesterday it is all that there is.
        let earlier = answers.firstScore(lastDone).flatMap { $0 < Self.startOfYesterday(now) ? $0 : nil }
        queue.last_completed = Timestamp(orNever: completed > 0 ? completed : earlier)
        status.queue_status = queue
        clues.oldestDead = Timestamp(orNever: answers.firstScore(oldestDead))
        status.schedule.due_now = answers.count(dueNow)
        status.schedule.counts = intervals.map(answers.count)
        status.schedule.later = answers.count(later)
        status.budget.tokens_today = number("tokens", of: today)
        status.budget.calls_today = number("calls", of: today)
        status.budget.cost_usd_today = Double(number("cost_micro_usd", of: today)) / 1_000_000
    }

    /// Which of those that failed first are dead: they are tried no more.
    func deadQuestion(_ second: inout Inquiry, _ keys: PoolKeys, _ first: Inquiry) -> Inquiry.Ticket? {
        let ids = first.scored(oldestFailures).map(\.member)
        return ids.isEmpty ? nil : second.ask(["ZMSCORE", keys.dead.name] + ids)
    }

    /// What can be told only once it is known which of the failed are dead or being worked on.
    /// - Parameters: scores or null, of those that failed first in `dead`, and of the leased in `failed`.
    func settle(_ status: inout Status, _ first: Inquiry, dead: [RedisReply], leasedRetries: [RedisReply]) {
        let leased = Int64(leasedRetries.count { $0.text != nil })
        status.retry_queue.count = max(0, first.count(failed) - status.queue_status.dead - leased)
        status.queue_status.pending = max(0, status.queue_status.scheduled - status.retry_queue.count)
        let oldest = zip(first.scored(oldestFailures), dead).first { $1.text == nil }
        status.retry_queue.oldest_failure = Timestamp(orNever: oldest?.0.milliseconds)
    }

    /// What is asked of a day: not all of it, since it counts each agent too.
    private static func names(_ now: Int64) -> [String] {
        let hours = [now, now - 3_600_000].map { ISOTime.text($0).dropFirst(11).prefix(2) }
        return [
            "captured", "completed", "failed", "last_captured_ms", "last_completed_ms", "tokens", "calls",
            "cost_micro_usd",
        ]
            + hours.flatMap { ["captured:\($0)", "completed:\($0)"] }
    }

    /// This hour's count, and of the hour before the share of what is left of it.
    private func lastHour(_ name: String, _ today: [String: String], _ yesterday: [String: String]) -> Int64 {
        func count(_ milliseconds: Int64) -> Int64 {
            let day = Self.day(milliseconds) == Self.day(now) ? today : yesterday
            return day["\(name):\(ISOTime.text(milliseconds).dropFirst(11).prefix(2))"].flatMap { Int64($0) } ?? 0
        }
        let left = 1 - Double(now % 3_600_000) / 3_600_000
        return count(now) + Int64((Double(count(now - 3_600_000)) * left).rounded())
    }
}
