extension SessionsQuery {
    init(_ terms: Terms) throws(Refusal) {
        search = terms["search"]
        limit = try terms.number("limit", or: 50, in: 1...500)
        offset = try terms.number("offset", or: 0, in: 0...100_000_000)
    }
}

extension FailuresQuery {
    init(_ terms: Terms) throws(Refusal) {
        failureClass = terms["class"]
        key = terms["key"]
        since = terms["since"]
        limit = try terms.number("limit", or: 50, in: 1...500)
        cursor = terms["cursor"]
    }
}

extension MemoryQuery {
    init(_ terms: Terms) throws(Refusal) {
        guard let words = terms["q"] else {
            throw .invalid("there is nothing to search for", remedy: "give words: ?q=…")
        }
        text = words
        key = terms["key"]
        since = terms["since"]
        limit = try terms.number("limit", or: 20, in: 1...100)
    }
}
