/// What a reply of status 200 says.
package struct WireReply: Sendable, Equatable {
    /// Why the model stopped.
    package enum Ending: Sendable, Equatable {
        case complete
        /// The answer reached the limit of output tokens, or the end of the context.
        case cutOff
        /// The provider or the model refused.
        case filtered
    }

    package var text: String
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var ending: Ending = .complete
}

/// A reply of status 200 that holds no answer.
package enum WireError: Error, Sendable, Equatable {
    /// The reply is an error all the same.
    case failed
    /// The stream ended before its last event.
    case incomplete
    /// It holds nothing that can be used, for that reason.
    case unusable(reason: String)
}

/// The events of a `text/event-stream` reply.
struct ServerSentEvents {
    struct Event: Equatable {
        /// Empty where the server names none.
        var name: String
        var data: String
    }

    private(set) var events: [Event] = []

    /// Whether a body is a stream, whatever its content type says: some proxies stream unasked.
    static func isStream(_ body: String) -> Bool {
        let start = body.drop { $0.isWhitespace }
        return ["event:", "data:", "id:", "retry:", ":"].contains { start.hasPrefix($0) }
    }

    init(_ body: String) {
        var name = ""
        var data: [Substring] = []
        func event() -> Event? { data.isEmpty ? nil : Event(name: name, data: data.joined(separator: "\n")) }
        for line in body.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine) {
            if line.isEmpty {
                if let event = event() { events.append(event) }
                name = ""
                data = []
            } else if let value = Self.value(of: "event:", line) {
                name = String(value)
            } else if let value = Self.value(of: "data:", line) {
                data.append(value)
            }
        }
        // A stream cut off behind its last event's data is read that far.
        if let event = event() { events.append(event) }
    }

    /// Not every newline of Unicode: JSON may hold U+2028 as it is.
    private static func endsLine(_ character: Character) -> Bool {
        character == "\n" || character == "\r\n" || character == "\r"
    }

    private static func value(of field: String, _ line: Substring) -> Substring? {
        guard line.hasPrefix(field) else { return nil }
        let value = line.dropFirst(field.count)
        return value.first == " " ? value.dropFirst() : value
    }
}
