internal import Domain

/// The list of sessions.
enum SessionRows {
    static func context(_ answer: PageLists.Answer, _ query: PageQuery, now: Int64) -> JSONValue {
        let rows = answer.json.list("sessions").map { PageRow.of($0, now: now) }
        let next = answer.json["next_offset"]?.number
        let (first, last) = (query.offset + 1, query.offset + rows.count)
        let range = "\(Words.count(first))–\(Words.count(last)) of \(Words.count(answer.json.figure("total")))"
        let nothing =
            query.search.isEmpty
            ? "No session is recorded yet." : "No session has that key or ID, and no key begins like that."
        return .object([
            "search": .string(VisibleText.of(query.search)), "rows": .array(rows), "any": .bool(!rows.isEmpty),
            "empty_words": .string(answer.trouble.map(PageTrouble.list) ?? nothing),
            "range": .string(rows.isEmpty ? "" : range),
            "has_previous": .bool(query.offset > 0),
            "previous_href": link(query, offset: Double(query.offset - PageLists.rows)),
            "has_next": .bool(next != nil), "next_href": link(query, offset: next ?? 0),
        ])
    }

    private static func link(_ query: PageQuery, offset: Double) -> JSONValue {
        let offset = offset >= 1 && offset < 1e15 ? String(Int64(offset)) : ""
        return .string(PageLink.to("sessions", [("search", query.search), ("offset", offset)]))
    }
}
