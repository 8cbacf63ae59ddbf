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
