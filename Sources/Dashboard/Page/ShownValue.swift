internal import Domain

/// A value as the template prints it: times relative, whole numbers in groups of three, text made visible.
enum ShownValue {
    /// What holds a time, whatever part of the API it stands in.
    static let times: Set<String> = [
        "at", "since", "observed_at", "last_check", "last_success", "oldest_pending", "last_captured",
        "last_completed", "next_retry", "oldest_failure", "failed_at", "next_try", "from", "oldest_note", "last_hook",
        "started_at", "beat_at", "last_claim_at", "captured_at", "last_used_at", "oldest_unarchived",
    ]

    /// Where the API may say "" for nothing. To Mustache that is something: a section would be drawn around it.
    private static let optional: Set<String> = [
        "provider", "model", "error", "eviction_policy", "persistence", "owner",
    ]

    /// - Parameters:
    ///   - name: of the member that holds the value.
    ///   - now: ms since 1970.
    static func of(_ value: JSONValue, named name: String = "", now: Int64) -> JSONValue {
        switch value {
        case .object(let members):
            var shown: [String: JSONValue] = [:]
            for (name, member) in members { shown[name] = of(member, named: name, now: now) }
            return .object(shown)
        case .array(let elements): return .array(elements.map { of($0, now: now) })
        case .string(let text):
            if times.contains(name) { return time(text, now: now) }
            return optional.contains(name) && text.isEmpty ? .null : .string(VisibleText.of(text))
        case .number(let number):
            return number == number.rounded() ? .string(Words.count(number)) : value
        case .bool, .null: return value
        }
    }

    /// A time both for machines and for people; null for what is none.
    static func time(_ text: String, now: Int64) -> JSONValue {
        guard let time = ISOTime.milliseconds(text) else { return .null }
        return .object(["iso": .string(text), "text": .string(Words.relative(time, now: now))])
    }
}
