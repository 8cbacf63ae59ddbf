internal import Domain
internal import Operations

/// One row of a list: the API's item as the template prints it.
enum PageRow {
    /// - Parameters:
    ///   - key: its dispatch key.
    ///   - episode: its episode's id; empty where it has none.
    ///   - noKey: what stands where a dispatch key is none.
    static func of(
        _ item: some Encodable, key: String, episode: String = "", noKey: String = "no key", now: Timestamp
    ) -> JSONValue {
        ShownValue.of(item, now: now).adding([
            "dispatch_key": .string(key.isEmpty ? noKey : VisibleText.of(key)), "key_path": .string(PageLink.part(key)),
            "short_id": .string(shortID(episode)),
        ])
    }

    static func shortID(_ episode: String) -> String {
        String(VisibleText.of(episode).unicodeScalars.prefix(12))
    }
}

/// The list of sessions.
enum SessionRows {
    static func context(_ answer: PageLists.Answer<SessionLooks>, _ query: PageQuery, now: Timestamp) -> JSONValue {
        let page = answer.value
        let rows = page?.sessions.map { row($0, now: now) } ?? []
        let next = page?.next_offset
        let (first, last) = (query.offset + 1, query.offset + rows.count)
        let range = "\(Words.count(first))–\(Words.count(last)) of \(Words.count(page?.total ?? 0))"
        let nothing =
            query.search.isEmpty
            ? "No session is recorded yet." : "No session has that in its key, ID, folder or words."
        return .object([
            "search": .string(VisibleText.of(query.search)), "rows": .array(rows), "any": .bool(!rows.isEmpty),
            "empty_words": .string(answer.trouble.map(PageTrouble.list) ?? nothing),
            "range": .string(rows.isEmpty ? "" : range),
            "has_previous": .bool(query.offset > 0),
            "previous_href": link(query, offset: query.offset - PageLists.rows),
            "has_next": .bool(next != nil), "next_href": link(query, offset: next ?? 0),
        ])
    }

    static func row(_ look: SessionLook, now: Timestamp) -> JSONValue {
        PageRow.of(look, key: look.dispatch_key ?? "", now: now).adding([
            "short_id": .string(String(VisibleText.of(look.session_id).unicodeScalars.prefix(8))),
            "title": .string(look.title.flatMap { $0.isEmpty ? nil : VisibleText.of($0) } ?? "Nothing captured yet"),
        ])
    }

    private static func link(_ query: PageQuery, offset: Int) -> JSONValue {
        .string(PageLink.to("sessions", [("search", query.search), ("offset", offset > 0 ? String(offset) : "")]))
    }
}

/// What happened last.
enum EventRows {
    static func context(_ answer: PageLists.Answer<EventList>, now: Timestamp) -> JSONValue {
        // Not every event is of a key.
        let rows = answer.value?.events.map { row($0, now: now) } ?? []
        return .object([
            "rows": .array(rows), "any": .bool(!rows.isEmpty),
            "empty_words": .string(answer.trouble.map(PageTrouble.list) ?? "Nothing happened yet."),
        ])
    }
}

extension EventRows {
    /// It speaks of keys and sessions: what else names an episode is a number that tells nobody anything.
    static func row(_ event: Event, now: Timestamp) -> JSONValue {
        let reason = event.reason.split(separator: " ").filter { !isNumber($0) }.joined(separator: " ")
        let session = String(VisibleText.of(event.session_id).unicodeScalars.prefix(8))
        return PageRow.of(event, key: event.dispatch_key, noKey: "", now: now).adding([
            "event": .string(VisibleText.of(event.event.replacing("_", with: " "))),
            "reason": .string(VisibleText.of(reason)),
            "session_brief": event.session_id.isEmpty ? .null : .string(session),
            "session_path": .string(PageLink.part(event.session_id)),
        ])
    }

    private static func isNumber(_ text: Substring) -> Bool {
        text.utf8.count == 32 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
    }
}

/// The list of failures.
enum FailureRows {
    /// Equal ones, told once.
    static func groups(
        _ answer: PageLists.Answer<FailureGroups>, _ query: PageQuery, _ status: Status
    ) -> JSONValue {
        let now = status.observed_at
        let rows = answer.value?.groups.map { group in
            ShownValue.of(group, now: now).adding([
                "any_dead": .bool(group.dead > 0),
                // By the filter of the list, and all that there are of the class, counted or not.
                "terms": .string(
                    PageLink.terms([("class", group.class), ("key", query.key), ("since", query.since)])),
                "waits": waits(group.next_retry, status).map(JSONValue.string) ?? .null,
                "due": due(group.next_retry, status),
            ])
        }
        let part = answer.value.flatMap { $0.looked < $0.total ? ["looked": $0.looked, "total": $0.total] : nil }
        return .object([
            "rows": .array(rows ?? []), "any": .bool(rows?.isEmpty == false || part != nil),
            "of": part.map { .object($0.mapValues { ShownValue.of($0, now: now) }) } ?? .null,
        ])
    }

    /// What is said in place of a time that has passed: nil where it lies ahead.
    static func waits(_ next: Timestamp?, _ status: Status) -> String? {
        guard let next, next <= status.observed_at else { return nil }
        let isBack = status.circuit.state != "open" && status.circuit.state != "half-open"
        return isBack ? "due now" : "when \(VisibleText.of(status.llm_status.provider)) is back"
    }

    private static func due(_ next: Timestamp?, _ status: Status) -> JSONValue {
        guard let next, next > status.observed_at else { return .null }
        return ShownValue.of(next, now: status.observed_at)
    }

    static func context(_ answer: PageLists.Answer<FailurePage>, _ query: PageQuery, _ status: Status) -> JSONValue {
        let page = answer.value, now = status.observed_at
        let rows =
            page?.failures.map { failure in
                PageRow.of(failure, key: failure.dispatch_key, episode: failure.episode_id, now: now).adding([
                    "waits": waits(failure.next_retry, status).map(JSONValue.string) ?? .null,
                    "due": due(failure.next_retry, status),
                ])
            } ?? []
        let next = page?.next_cursor
        // How many came before a cursor is not known.
        let range =
            (query.cursor.isEmpty ? "1–" : "")
            + "\(Words.count(rows.count)) of \(Words.count(page?.total ?? 0))"
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
    static func context(_ answer: PageLists.Answer<MemoryHits>?, _ query: PageQuery, now: Timestamp) -> JSONValue {
        let isAsked = !query.words.isEmpty
        let hits = isAsked ? answer?.value?.hits.map { row($0, now: now) } ?? [] : []
        let trouble = isAsked ? answer?.trouble?.words("The search did not work.") : nil
        return .object([
            "q": .string(VisibleText.of(query.words)), "key": .string(VisibleText.of(query.memoryKey)),
            "hits": .array(hits), "words": .string(trouble ?? (isAsked ? words(hits.count, query.words) : "")),
        ])
    }

    private static func row(_ hit: MemoryHit, now: Timestamp) -> JSONValue {
        let row = PageRow.of(hit, key: hit.dispatch_key, episode: hit.episode_id, now: now)
        return hit.title.isEmpty ? row.adding(["title": .string("(no title)")]) : row
    }

    private static func words(_ found: Int, _ words: String) -> String {
        let count = found == PageLists.rows ? "The best \(found)" : Words.count(found)
        return VisibleText.of(
            found > 0 ? "\(count) for “\(words)”." : "Nothing was found for “\(words)”. Fewer words find more.")
    }
}
