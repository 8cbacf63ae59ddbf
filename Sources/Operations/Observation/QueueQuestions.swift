internal import Domain
internal import Redis
internal import Storage

/// What is asked of a pool's queue.
struct QueueQuestions {
    private let now: Int64
    private let schedule, leases, dead, unarchived, oldest, lastDone: Inquiry.Ticket
    private let today, yesterday: Inquiry.Ticket
    private let failed, oldestFailure, failedIDs, oldestDead: Inquiry.Ticket
    private let dueNow, later: Inquiry.Ticket
    private let intervals: [Inquiry.Ticket]

    /// So many failed episodes are looked through for the next retry.
    static let looked = 1000

    init(_ inquiry: inout Inquiry, _ keys: PoolKeys, now: Int64) {
        self.now = now
        schedule = inquiry.ask("ZCARD", keys.schedule)
        leases = inquiry.ask("ZCARD", keys.leases)
        dead = inquiry.ask("ZCARD", keys.dead)
        unarchived = inquiry.ask("ZCARD", keys.unarchived)
        oldest = inquiry.ask("ZRANGE", keys.pending, "0", "0", "WITHSCORES")
        lastDone = inquiry.ask("ZREVRANGE", keys.done, "0", "0", "WITHSCORES")
        today = inquiry.ask("HGETALL", keys.day(Self.day(now)))
        yesterday = inquiry.ask("HGETALL", keys.day(Self.day(now - 86_400_000)))
        failed = inquiry.ask("ZCARD", keys.failed)
        oldestFailure = inquiry.ask("ZRANGE", keys.failed, "0", "0", "WITHSCORES")
        failedIDs = inquiry.ask("ZREVRANGE", keys.failed, "0", String(Self.looked - 1))
        oldestDead = inquiry.ask("ZRANGE", keys.dead, "0", "0", "WITHSCORES")
        dueNow = inquiry.ask("ZCOUNT", keys.schedule, "-inf", String(now))
        let length = Status.Schedule.intervalSeconds * 1000
        intervals = (0..<Int64(Status.Schedule.intervals)).map { index in
            inquiry.ask("ZCOUNT", keys.schedule, "(\(now + index * length)", String(now + (index + 1) * length))
        }
        later = inquiry.ask("ZCOUNT", keys.schedule, "(\(now + Int64(Status.Schedule.intervals) * length)", "+inf")
    }

    static func day(_ milliseconds: Int64) -> String { String(ISOTime.text(milliseconds).prefix(10)) }

    func fill(_ status: inout Status, _ clues: inout Clues, _ answers: Inquiry) {
        let today = answers[today].fields, yesterday = answers[yesterday].fields
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
        queue.last_completed = Timestamp(orNever: answers.firstScore(lastDone))
        status.retry_queue.count = max(0, answers.count(failed) - queue.dead)
        queue.pending = max(0, queue.scheduled - status.retry_queue.count)
        status.queue_status = queue
        status.retry_queue.oldest_failure = Timestamp(orNever: answers.firstScore(oldestFailure))
        clues.oldestDead = Timestamp(orNever: answers.firstScore(oldestDead))
        status.schedule.due_now = answers.count(dueNow)
        status.schedule.counts = intervals.map(answers.count)
        status.schedule.later = answers.count(later)
        status.budget.tokens_today = number("tokens", of: today)
        status.budget.calls_today = number("calls", of: today)
        status.budget.cost_usd_today = Double(number("cost_micro_usd", of: today)) / 1_000_000
    }

    func failedIDs(_ answers: Inquiry) -> [EpisodeID] { answers.texts(failedIDs).compactMap(EpisodeID.init) }

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
