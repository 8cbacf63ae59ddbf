internal import Domain

/// The list of failures.
enum FailureRows {
    static func context(_ answer: PageLists.Answer, _ query: PageQuery, now: Int64) -> JSONValue {
        let rows = answer.json.list("failures").map { PageRow.of($0, now: now) }
        let next = answer.json["next_cursor"]?.string
        // How many came before a cursor is not known.
        let range =
            (query.cursor.isEmpty ? "1–" : "")
            + "\(Words.count(rows.count)) of \(Words.count(answer.json.figure("total")))"
        let isFiltered = !query.failureClass.isEmpty || !query.key.isEmpty
        let nothing = "Nothing failed in this time\(isFiltered ? " with that class and key" : "")."
        return .object([
            "key": .string(VisibleText.of(query.key)), "rows": .array(rows), "any": .bool(!rows.isEmpty),
            "empty_words": .string(answer.trouble.map(PageTrouble.list) ?? nothing),
            "range": .string(rows.isEmpty ? "" : range),
            "classes": options([("", "any")] + PageQuery.classes.map { ($0, $0) }, selected: query.failureClass),
            "sinces": options(PageQuery.spans, selected: query.since),
            "has_previous": .bool(!query.cursor.isEmpty), "first_href": link(query, cursor: ""),
            "has_next": .bool(next != nil), "next_href": link(query, cursor: next ?? ""),
        ])
    }

    private static func options(_ values: [(value: String, text: String)], selected: String) -> JSONValue {
        .array(
            values.map { value, text in
                .object(["value": .string(value), "text": .string(text), "selected": .bool(value == selected)])
            })
    }

    private static func link(_ query: PageQuery, cursor: String) -> JSONValue {
        .string(
            PageLink.to(
                "failures",
                [("class", query.failureClass), ("key", query.key), ("since", query.since), ("cursor", cursor)]))
    }
}
