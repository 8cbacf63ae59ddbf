internal import Domain

/// What happened last.
enum EventRows {
    static func context(_ answer: PageLists.Answer, now: Int64) -> JSONValue {
        // Not every event is of a key.
        let rows = answer.json.list("events").map { PageRow.of($0, noKey: "", now: now) }
        return .object([
            "rows": .array(rows), "any": .bool(!rows.isEmpty),
            "empty_words": .string(answer.trouble.map(PageTrouble.list) ?? "Nothing happened yet."),
        ])
    }
}
