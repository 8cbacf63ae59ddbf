/// What the text of a failed call says, taken out of its wrappings.
struct FailureReport {
    struct Code {
        /// As `ErrorCode.normal` spells it.
        let name: String
        let depth: Int
    }

    struct Message {
        let text: String
        let depth: Int
        /// Whether it was the value of a field, rather than text around one.
        let isField: Bool
    }

    /// From fields such as `code`, `type`, `status` and `reason`.
    var codes: [Code] = []
    /// Words of running text that have the form of a code.
    var namedInText: [String] = []
    var messages: [Message] = []
    /// HTTP status numbers in fields.
    var statuses: [(status: Int, depth: Int)] = []
    /// The HTTP status in running text: `Error code: 429 - …`.
    var statusInText: Int?
    /// Why an answer ended, where the text is an answer after all: `finish_reason`.
    var endings: [String] = []
    /// Fields that hold a waiting time, by their name in lower case without `_` and `-`.
    var waits: [(name: String, value: String)] = []

    /// The innermost first: wrappers repeat, shorten and misjudge what they wrap.
    mutating func sort() {
        codes.sort { $0.depth > $1.depth }
        messages.sort { $0.depth > $1.depth }
        statuses.sort { $0.depth > $1.depth }
    }
}
