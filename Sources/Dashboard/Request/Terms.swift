internal import Domain
internal import Operations

/// The terms of an address (`?search=coder&limit=50`), decoded.
struct Terms: Equatable {
    private var values: [String: String] = [:]

    init(_ query: Substring) throws(Refusal) {
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(halves[0], plusIsSpace: true),
                let value = PercentCoding.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true),
                !value.unicodeScalars.contains("\0")
            else { throw .invalid("a term of the address cannot be read", remedy: "percent-encode it as UTF-8") }
            // An empty field of a form is a field that was not filled in.
            if !value.isEmpty { values[name] = value }
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    func number(_ name: String, or standard: Int, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let text = values[name] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            let bounds = "a number from \(range.lowerBound) to \(range.upperBound)"
            throw .invalid("'\(name)' is not \(bounds)", remedy: "give \(bounds), or leave it out for \(standard)")
        }
        return number
    }

    /// - Returns: nil where it is left out.
    func number(_ name: String) throws(Refusal) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text) else {
            throw .invalid("'\(name)' is no number", remedy: "give a number, or leave it out")
        }
        return number
    }

    var all: [String: String] { values }
}

extension SessionsQuery {
    init(_ terms: Terms) throws(Refusal) {
        let looks = terms["look"] == "yes"
        self.init(
            search: terms["search"],
            limit: try terms.number("limit", or: 50, in: 1...(looks ? Workplace.mostLooks : 500)),
            offset: try terms.number("offset", or: 0, in: 0...(looks ? 10_000_000 : 100_000_000)), looks: looks)
    }
}

extension ConversationsQuery {
    init(_ terms: Terms) throws(Refusal) {
        search = terms["search"]
        limit = try terms.number("limit", or: 50, in: 1...500)
        offset = try terms.number("offset", or: 0, in: 0...10_000_000)
    }
}

extension ContextQuery {
    init(_ terms: Terms) throws(Refusal) {
        maxMessages = try terms.number("max_messages")
        maxCharacters = try terms.number("max_chars")
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
