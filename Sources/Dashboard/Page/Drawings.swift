internal import Domain
internal import Operations

/// The drawing of the circuit's last minutes or hours: which part of it each state takes.
enum CircuitBand {
    /// What may be shown, the shortest that holds all changes of the last day; ms, and in words.
    private static let spans: [(milliseconds: Int64, words: String)] = [
        (900_000, "15 min"), (3_600_000, "1 h"), (6 * 3_600_000, "6 h"), (24 * 3_600_000, "24 h"),
    ]
    private static let usual = 2
    /// Of the width, so that a short state is seen; percent.
    private static let least = 1.0
    /// Of older changes nothing is kept.
    private static let kept = 50

    static func span(_ status: Status) -> (milliseconds: Int64, words: String) {
        let now = status.observed_at.milliseconds
        let ages = status.circuit_history.map { now - $0.at.milliseconds }.filter { $0 <= 24 * 3_600_000 }
        guard let oldest = ages.max() else { return spans[usual] }
        return spans.first { Double($0.milliseconds) >= Double(oldest) * 1.1 } ?? spans[spans.count - 1]
    }

    private struct Change {
        var at: Int64
        var state: String
        var reason: String
    }

    /// - Parameter tellsReasons: whether a reader may see why the state changed.
    static func segments(_ status: Status, tellsReasons: Bool) -> JSONValue {
        let changes = changes(status), now = status.observed_at.milliseconds
        let span = span(status).milliseconds
        let start = now - span
        var segments: [JSONValue] = []
        for (index, change) in changes.enumerated() {
            let begin = max(start, change.at)
            let end = index + 1 < changes.count ? max(start, changes[index + 1].at) : now
            guard end > begin else { continue }
            let (top, height) = shape(of: change.state) ?? (39, 1)
            let words = [
                change.state, tellsReasons ? VisibleText.of(change.reason) : "",
                change.at > 0 ? Words.relative(change.at, now: now) : "before",
            ]
            let width = (10_000 * Double(end - begin) / Double(span)).rounded() / 100
            segments.append(
                .object([
                    "state": .string(change.state),
                    "x": Words.rounded(min(100 - least, 100 * Double(begin - start) / Double(span))),
                    "width": .number(max(least, width)), "y": .number(top), "height": .number(height),
                    "title": .string(words.filter { !$0.isEmpty }.joined(separator: ", ")),
                ]))
        }
        return .array(segments)
    }

    /// The oldest first; before all that are known, one that stands for what was.
    private static func changes(_ status: Status) -> [Change] {
        let isUnknown = status.circuit_history.count >= kept || status.circuit.state == "none"
        return [Change(at: 0, state: isUnknown ? "unknown" : "closed", reason: "")]
            + status.circuit_history.reversed().map { change in
                let state = shape(of: change.state) == nil ? "unknown" : change.state
                return Change(at: change.at.milliseconds, state: state, reason: change.reason)
            }
    }

    /// Top and height: the state is told by height as well as by colour.
    private static func shape(of state: String) -> (top: Double, height: Double)? {
        switch state {
        case "open": (2, 40)
        case "half-open": (22, 20)
        case "closed": (36, 6)
        case "unknown": (39, 1)
        default: nil
        }
    }
}

/// The drawing of where each byte of the transcripts is.
enum LedgerBar {
    static func context(_ ledger: Status.Ledger?) -> [String: JSONValue] {
        let sums = [
            ("captured", ledger?.captured), ("pending", ledger?.pending), ("excluded", ledger?.excluded),
            ("missing", ledger?.missing),
        ]
        var parts: [JSONValue] = []
        var begin = 0.0
        for case (let kind, let bytes?) in sums {
            let width = 100 * Double(bytes) / Double(max(1, ledger?.bytes ?? 0))
            parts.append(.object(["kind": .string(kind), "x": Words.rounded(begin), "width": Words.rounded(width)]))
            begin += width
        }
        let shown: [String: JSONValue] = [
            "transcripts": .string(Words.count(ledger?.transcripts ?? 0)),
            "bytes": .string(Words.size(bytes: Double(ledger?.bytes ?? 0))),
        ]
        return ["ledger_shown": .object(shown), "ledger_parts": .array(parts)]
    }
}

/// The drawing of what becomes due in each ten minutes of the next six hours, and the same as a table and in words.
enum ScheduleColumns {
    /// What is due now has a bar of its own, a gap before the others.
    private static let slots = Status.Schedule.intervals + 2

    static func context(_ schedule: Status.Schedule, now: Timestamp) -> [String: JSONValue] {
        let most = max(schedule.due_now, schedule.counts.max() ?? 0)
        var columns: [JSONValue] = []
        var rows: [JSONValue] = []
        func column(_ slot: Int, _ count: Int64, _ words: String, isNow: Bool) {
            let height = max(3, 96 * Double(count) / Double(max(10, most)))
            columns.append(
                .object([
                    "x": Words.rounded(100 * Double(slot) / Double(slots) + 0.2), "is_now": .bool(isNow),
                    "y": Words.rounded(99 - height), "height": Words.rounded(height),
                    "label": .string("\(Words.count(Double(count))) \(words)"),
                ]))
        }
        if schedule.due_now > 0 { column(0, schedule.due_now, "due now", isNow: true) }
        for (index, count) in schedule.counts.enumerated() where count > 0 {
            let time = Timestamp(schedule.from.milliseconds + Int64(index) * schedule.interval_seconds * 1000)
            let due = Words.relative(time.milliseconds, now: now.milliseconds)
            column(index + 2, count, due == "0 s ago" ? "now" : due, isNow: false)
            rows.append(
                .object(["at": ShownValue.of(time, now: now), "count": .string(Words.count(Double(count)))]))
        }
        let waits = schedule.due_now + schedule.later + schedule.counts.reduce(0, +) > 0
        return [
            "columns": .array(columns), "due_rows": .array(rows), "any_due": .bool(waits),
            "schedule_shown": .object([
                "words": .string(waits ? words(schedule) : "Nothing waits for a retry."),
                "most": .string(
                    schedule.counts.contains { $0 > 0 }
                        ? "At most \(Words.count(Double(schedule.counts.max() ?? 0))) in ten minutes." : ""),
            ]),
        ]
    }

    private static func words(_ schedule: Status.Schedule) -> String {
        func count(_ number: Int64) -> String { Words.count(Double(number)) }
        let soon = count(schedule.counts.prefix(6).reduce(0, +)), all = count(schedule.counts.reduce(0, +))
        return
            "\(count(schedule.due_now)) due now, \(soon) within the next hour, \(all) within six hours, \(count(schedule.later)) later."
    }
}
