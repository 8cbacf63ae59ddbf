internal import Domain

/// One row of a list: the API's item as the template prints it.
enum PageRow {
    /// - Parameter noKey: what stands where a dispatch key is none.
    static func of(_ item: JSONValue, noKey: String = "no key", now: Int64) -> JSONValue {
        var row = ShownValue.of(item, now: now).members ?? [:]
        // Nothing is printed as nothing; only a time that never was is asked for in the template.
        for (name, value) in row where value == .null && !ShownValue.times.contains(name) { row[name] = .string("") }
        let key = item.text("dispatch_key")
        if key.isEmpty { row["dispatch_key"] = .string(item["dispatch_key"] == nil ? "" : noKey) }
        row["key_path"] = .string(PageLink.part(key))
        row["short_id"] = .string(shortID(item))
        return .object(row)
    }

    static func shortID(_ episode: JSONValue) -> String {
        String(VisibleText.of(episode.text("episode_id")).unicodeScalars.prefix(12))
    }
}
