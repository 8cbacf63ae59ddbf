extension Status {
    /// Episodes on their way to memory.
    package struct Queue: Encodable, Sendable {
        /// Waiting in Redis, not failed yet.
        package var pending: Int64 = 0
        /// The same with those that have failed and are tried again.
        package var scheduled: Int64 = 0
        package var processing: Int64 = 0
        package var captured_today: Int64 = 0
        package var completed_today: Int64 = 0
        /// Given up for good.
        package var failed_today: Int64 = 0
        package var dead: Int64 = 0
        /// From counts by the hour: the hour before counts by what is left of it.
        package var captured_last_hour: Int64 = 0
        package var completed_last_hour: Int64 = 0
        /// Not yet in the archive.
        package var unarchived: Int64 = 0
        /// In the archive, waiting for room in the queue.
        package var backlog: Int64 = 0
        /// What the queue in Redis may hold.
        package var limit: Int64 = 0
        /// When the oldest that waits and has not failed, in Redis or backlog, was captured.
        @OrNull package var oldest_pending: Timestamp?
        @OrNull package var oldest_pending_seconds: Double?
        @OrNull package var last_captured: Timestamp?
        @OrNull package var last_completed: Timestamp?

        package var count: Int64 { scheduled + processing + dead }
        package var isFull: Bool { limit > 0 && count >= limit }
    }

    /// Episodes that have failed and are tried again.
    package struct RetryQueue: Encodable, Sendable {
        package var count: Int64 = 0
        @OrNull package var next_retry: Timestamp?
        @OrNull package var oldest_failure: Timestamp?
    }

    /// How many episodes become due when, over the next six hours.
    package struct Schedule: Encodable, Sendable {
        package static let intervals = 36
        package static let intervalSeconds: Int64 = 600

        package var due_now: Int64 = 0
        package var interval_seconds = Schedule.intervalSeconds
        package var from: Timestamp
        package var counts = [Int64](repeating: 0, count: Schedule.intervals)
        package var later: Int64 = 0

        init(from: Timestamp) { self.from = from }
    }
}
