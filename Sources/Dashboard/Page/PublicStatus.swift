internal import Domain
internal import Operations

/// Of the status what everybody on this machine may see: numbers, times and words of ours, none that others wrote.
enum PublicStatus {
    static func of(_ status: Status) -> JSONValue {
        let now = status.observed_at, circuit = status.circuit
        return .object([
            "sentence": .string(sentence(status)), "service_status": .string(status.service_status.rawValue),
            "level": .string(Words.count(status.level)),
            "level_name": .string(DegradationLevel(rawValue: status.level)?.title ?? "unknown"),
            "host": .string(VisibleText.of(status.host)), "observed_at": ShownValue.of(now, now: now),
            // Of both all members are numbers and times.
            "queue_status": ShownValue.of(status.queue_status, now: now),
            "retry_queue": ShownValue.of(status.retry_queue, now: now),
            "circuit": .object([
                "state": .string(Circuit.State(rawValue: circuit.state)?.rawValue ?? "none"),
                "since": ShownValue.of(circuit.since as Any, now: now),
            ]),
        ])
    }

    /// The status' own sentence names keys, addresses and what a provider said; this one only the kind of trouble.
    static func sentence(_ status: Status) -> String {
        let service = status.service_status.rawValue
        if status.service_status == .running, status.troubles.isEmpty { return "All is well." }
        var what = ""
        if let worst = status.troubles.first {
            what = ": \(worst.kind.rawValue.replacing("_", with: " "))"
            let more = status.troubles.count - 1
            if more > 0 { what += " and \(Words.count(more)) other trouble\(more == 1 ? "" : "s")" }
        }
        return service.prefix(1).uppercased() + service.dropFirst() + what
            + ". Run 'holdfast status' or open the page with its token for more."
    }
}
