internal import Domain
internal import Operations

/// One row of a list: the API's item as the template prints it.
enum PageRow {
    /// The members of an item that hold a time.
    private static let times: Set<String> = ["at", "next_retry", "failed_at", "captured_at", "last_used_at"]

    /// - Parameters:
    ///   - noKey: what stands where a dispatch key is none.
    ///   - now: ms since 1970.
    static func of(_ item: JSONValue, noKey: String = "no key", now: Int64) -> JSONValue {
        var row = shown(item, now: now).members ?? [:]
        // Nothing is printed as nothing; only a time that never was is asked for in the template.
        for (name, value) in row where value == .null && !times.contains(name) { row[name] = .string("") }
        let key = item.text("dispatch_key")
        if key.isEmpty { row["dispatch_key"] = .string(item["dispatch_key"] == nil ? "" : noKey) }
        row["key_path"] = .string(PageLink.part(key))
        row["short_id"] = .string(shortID(item))
        return .object(row)
    }

    static func shortID(_ episode: JSONValue) -> String {
        String(VisibleText.of(episode.text("episode_id")).unicodeScalars.prefix(12))
    }

    /// An answer of the API with text made visible, times relative and whole numbers in groups of three.
    /// - Parameter name: of the member that holds the value.
    static func shown(_ value: JSONValue, named name: String = "", now: Int64) -> JSONValue {
        switch value {
        case .object(let members):
            var shown: [String: JSONValue] = [:]
            for (name, member) in members { shown[name] = Self.shown(member, named: name, now: now) }
            return .object(shown)
        case .array(let elements): return .array(elements.map { shown($0, now: now) })
        case .string(let text) where times.contains(name):
            return ISOTime.milliseconds(text).map { ShownValue.of(Timestamp($0), now: Timestamp(now)) } ?? .null
        case .string(let text): return .string(VisibleText.of(text))
        case .number(let number) where number == number.rounded(): return .string(Words.count(number))
        case .number, .bool, .null: return value
        }
    }
}

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

/// What a search of the memory found.
enum MemoryRows {
    static func context(_ answer: PageLists.Answer?, _ query: PageQuery, now: Int64) -> JSONValue {
        let isAsked = !query.words.isEmpty
        let hits = isAsked ? answer?.json.list("hits").map { row($0, now: now) } ?? [] : []
        let trouble = isAsked ? answer?.trouble?.words("The search did not work.") : nil
        return .object([
            "q": .string(VisibleText.of(query.words)), "key": .string(VisibleText.of(query.memoryKey)),
            "hits": .array(hits), "words": .string(trouble ?? (isAsked ? words(hits.count, query.words) : "")),
        ])
    }

    private static func row(_ hit: JSONValue, now: Int64) -> JSONValue {
        let row = PageRow.of(hit, now: now)
        return row.text("title").isEmpty ? row.adding(["title": .string("(no title)")]) : row
    }

    private static func words(_ found: Int, _ words: String) -> String {
        let count = found == PageLists.rows ? "The best \(found)" : Words.count(found)
        return VisibleText.of(
            found > 0 ? "\(count) for “\(words)”." : "Nothing was found for “\(words)”. Fewer words find more.")
    }
}
