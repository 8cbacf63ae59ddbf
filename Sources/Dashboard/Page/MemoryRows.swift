internal import Domain

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
