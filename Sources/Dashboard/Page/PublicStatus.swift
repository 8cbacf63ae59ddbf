internal import Domain

/// Of the status what everybody on this machine may see: numbers, times and words of ours, none that others wrote.
enum PublicStatus {
    private static let circuitStates: Set<String> = ["closed", "open", "half-open", "none"]

    static func of(_ status: JSONValue, now: Int64) -> JSONValue {
        let state = status.part("circuit").text("state")
        let values: JSONValue = .object([
            "observed_at": status.part("observed_at"), "level": .number(status.figure("level")),
            "queue_status": figures(status.part("queue_status")), "retry_queue": figures(status.part("retry_queue")),
            "archive": .object(["without_memory": .number(status.part("archive").figure("without_memory"))]),
            "circuit": figures(status.part("circuit")).adding([
                "state": .string(circuitStates.contains(state) ? state : "none")
            ]),
        ])
        return ShownValue.of(values, now: now).adding([
            "sentence": .string(sentence(status)), "service_status": .string(word(status.text("service_status"))),
            "level_name": .string(word(status.text("level_name"))),
            "host": .string(VisibleText.of(status.text("host"))),
        ])
    }

    /// The status' own sentence names keys, addresses and what a provider said; this one only the kind of trouble.
    static func sentence(_ status: JSONValue) -> String {
        let troubles = status.list("troubles")
        let service = word(status.text("service_status"))
        if service == "running", troubles.isEmpty { return "All is well." }
        var what = ""
        if let worst = troubles.first {
            what = ": \(word(String(worst.text("kind").map { $0 == "_" ? " " : $0 })))"
            let more = troubles.count - 1
            if more > 0 { what += " and \(Words.count(more)) other trouble\(more == 1 ? "" : "s")" }
        }
        return service.prefix(1).uppercased() + service.dropFirst() + what
            + ". Run 'holdfast status' or open the page with its token for more."
    }

    private static func figures(_ part: JSONValue) -> JSONValue {
        .object(
            (part.members ?? [:]).filter { name, value in
                ShownValue.times.contains(name) || value.number != nil
            })
    }

    /// A word as we write them; what is written in another way is not one of ours.
    private static func word(_ text: String) -> String {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let isOurs =
            text.utf8.first.map(letters.contains) == true && text.utf8.count <= 40
            && text.utf8.allSatisfy { letters.contains($0) || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
        return isOurs ? text : "unknown"
    }
}
