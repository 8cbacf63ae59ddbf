internal import Domain
internal import Operations

/// The head of the page: what is wrong since when, and what to do, the worst first; or that all is well.
enum Head {
    /// What a trouble means to its reader, by what it puts at risk.
    enum Concern: String {
        /// Words may be lost.
        case bad
        /// Memories are late, or something does not work.
        case warn
        /// Something waits.
        case wait
        case good
    }

    static func context(_ status: Status) -> [String: JSONValue] {
        let rows =
            status.troubles.isEmpty
            ? [row(what: status.sentence, tone(status))]
            : status.troubles.map { row($0, now: status.observed_at) }
        return ["head": .array(rows)]
    }

    /// For everybody on this machine.
    static func reduced(_ status: Status) -> [String: JSONValue] {
        ["head": .array([row(what: PublicStatus.sentence(status), tone(status))])]
    }

    /// Of the whole page.
    static func tone(_ status: Status) -> Concern {
        let concerns = status.troubles.map(concern)
        if concerns.contains(.bad) { return .bad }
        if concerns.contains(.warn) || status.service_status == .stopped { return .warn }
        return status.service_status == .running && concerns.isEmpty ? .good : .wait
    }

    static func concern(_ trouble: Trouble) -> Concern {
        let risk = trouble.at_risk
        guard risk.hasPrefix("nothing") || risk.hasPrefix("only memories") else { return .bad }
        if trouble.severity == .error { return .warn }
        return late.contains { trouble.kind.rawValue.hasPrefix($0) } ? .warn : .wait
    }

    /// Of the kinds by which memories are late.
    private static let late = [
        "provider_", "circuit_", "budget_spent", "memory_", "not_remembered", "dead_letters", "queue_full",
    ]

    private static func row(_ trouble: Trouble, now: Timestamp) -> JSONValue {
        row(what: trouble.what, concern(trouble)).adding([
            "since": trouble.since.map { ShownValue.of($0, now: now) } ?? .null,
            "risk": .string(VisibleText.of(trouble.at_risk)),
            "remedy": .array(
                Remedy.parts(of: trouble.remedy).map { part in
                    .object(["text": .string(VisibleText.of(part.text)), "is_command": .bool(part.isCommand)])
                }),
            "can_close": .bool(trouble.remedy.contains("holdfast circuit close")),
            "can_retry": .bool(trouble.kind == .dead_letters),
        ])
    }

    private static func row(what: String, _ concern: Concern) -> JSONValue {
        .object([
            "what": .string(VisibleText.of(what)), "concern": .string(concern.rawValue), "since": .null,
            "risk": .null, "remedy": .array([]), "can_close": .bool(false), "can_retry": .bool(false),
        ])
    }
}
