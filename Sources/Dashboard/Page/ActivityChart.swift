internal import Domain
internal import Operations

/// The drawing of what was captured, remembered and failed, of 24 hours and of 14 days, and the same as a table.
enum ActivityChart {
    static func context(_ answer: PageLists.Answer<Activity>) -> [String: JSONValue] {
        let activity = answer.value
        return [
            "activity": .object([
                "any": .bool(activity != nil),
                "charts": .array([
                    chart("24 hours", "hour", activity?.hours ?? []) { String($0.text.dropFirst(11).prefix(5)) },
                    chart("14 days", "day", activity?.days ?? []) { String($0.text.dropFirst(5).prefix(5)) },
                ]),
            ])
        ]
    }

    private static func chart(
        _ title: String, _ unit: String, _ intervals: [Activity.Interval], _ name: (Timestamp) -> String
    ) -> JSONValue {
        let most = max(1, intervals.flatMap { [$0.captured, $0.memories, $0.failures] }.max() ?? 0)
        let slot = 100 / Double(max(1, intervals.count))
        var bars: [JSONValue] = []
        for (index, interval) in intervals.enumerated() {
            let kinds = [
                ("captured", interval.captured), ("memories", interval.memories), ("failures", interval.failures),
            ]
            for (place, (kind, count)) in kinds.enumerated() where count > 0 {
                let height = max(2, 96 * Double(count) / Double(most))
                bars.append(
                    .object([
                        "kind": .string(kind), "x": Words.rounded(slot * (Double(index) + 0.08 + 0.28 * Double(place))),
                        "width": Words.rounded(slot * 0.26), "y": Words.rounded(100 - height),
                        "height": Words.rounded(height),
                        "label": .string("\(name(interval.from)): \(Words.count(Double(count))) \(kind)"),
                    ]))
            }
        }
        let rows = intervals.filter { $0.captured + $0.memories + $0.failures > 0 }.map { interval in
            JSONValue.object([
                "name": .string(name(interval.from)), "captured": .string(Words.count(Double(interval.captured))),
                "memories": .string(Words.count(Double(interval.memories))),
                "failures": .string(Words.count(Double(interval.failures))),
            ])
        }
        return .object([
            "title": .string(title), "unit": .string(unit), "bars": .array(bars), "table": .array(rows),
            "any_row": .bool(!rows.isEmpty), "most": .string(Words.count(Double(most))),
            "first": .string(intervals.first.map { name($0.from) } ?? ""),
            "last": .string(intervals.last.map { name($0.from) } ?? ""),
        ])
    }
}
