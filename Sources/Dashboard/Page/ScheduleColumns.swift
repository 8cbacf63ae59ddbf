internal import Domain

/// The drawing of what becomes due in each ten minutes of the next six hours, and the same as a table and in words.
enum ScheduleColumns {
    private static let intervals = 36.0

    static func context(_ status: JSONValue, now: Int64) -> [String: JSONValue] {
        let schedule = status.part("schedule")
        let counts = schedule.list("counts").map { $0.number ?? 0 }
        let most = counts.max() ?? 0
        let from = schedule.time("from") ?? now
        let step = Int64(min(schedule.figure("interval_seconds"), 1e6) * 1000)
        var columns: [JSONValue] = []
        var rows: [JSONValue] = []
        for (index, count) in counts.enumerated() where count > 0 {
            let time = from + Int64(index) * step
            let height = max(3, 96 * count / max(10, most))
            let due = Words.relative(time, now: now)
            columns.append(
                .object([
                    "x": Words.rounded(100 * Double(index) / intervals + 0.2), "y": Words.rounded(99 - height),
                    "height": Words.rounded(height),
                    "label": .string("\(Words.count(count)) \(due == "0 s ago" ? "now" : due)"),
                ]))
            rows.append(
                .object([
                    "at": ShownValue.time(ISOTime.text(time), now: now), "count": .string(Words.count(count)),
                ]))
        }
        let waits = schedule.figure("due_now") + schedule.figure("later") + counts.reduce(0, +) > 0
        return [
            "columns": .array(columns), "due_rows": .array(rows), "any_due": .bool(waits),
            "schedule_shown": .object([
                "words": .string(waits ? words(schedule, counts) : "Nothing waits for a retry."),
                "most": .string(most > 0 ? "At most \(Words.count(most)) in ten minutes." : ""),
            ]),
        ]
    }

    private static func words(_ schedule: JSONValue, _ counts: [Double]) -> String {
        let soon = Words.count(counts.prefix(6).reduce(0, +))
        let all = Words.count(counts.reduce(0, +))
        let (now, later) = (Words.count(schedule.figure("due_now")), Words.count(schedule.figure("later")))
        return "\(now) due now, \(soon) within the next hour, \(all) within six hours, \(later) later."
    }
}
