internal import Domain
internal import Platform

/// Whether a tool is worth calling now.
package struct ToolCallAdvice: Encodable, Sendable {
    package let tool: String
    /// call, probe (it was unavailable, and this call is to say whether it still is: it is for who asks alone), wait.
    package let advice: String
    /// When it may be tried, where it is not worth calling yet.
    @OrNull package var retry_at: Timestamp?
    /// What may be said in place of an answer.
    package let fallback: String
    /// How long to wait before each further try, seconds, without the tenth by which they are spread.
    package let delays_seconds: [Double]

    init(tool: String, _ advice: ToolHealth.Advice, fallback: String, _ policy: ToolPolicy) {
        self.tool = tool
        self.fallback = fallback
        delays_seconds = (0..<policy.maxRetries).compactMap { retry in
            policy.delay(before: retry + 1, random: 0.5).map { Double($0) / 1000 }
        }
        switch advice {
        case .call: self.advice = "call"
        case .probe: self.advice = "probe"
        case .wait(let until):
            self.advice = "wait"
            retry_at = Timestamp(until)
        }
    }
}

/// What a program says became of a call.
package struct OfferedOutcome: Sendable, Equatable {
    let failure: ToolErrorClass?
    let message: String
    let durationMilliseconds: Int64?

    /// - Parameter bytes: `{"ok": false, "class": "timeout", "message": "…", "duration_ms": 1200}`; without a class it is
    ///   found in the message.
    /// - Throws: `Failure` that names what is wrong.
    package init(parsing bytes: [UInt8]) throws(Failure) {
        guard let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
            case .object(let members) = json
        else {
            throw Failure(.badInput, "the body is no JSON object", remedy: Self.remedy)
        }
        for name in members.keys.sorted() where !["ok", "class", "message", "duration_ms"].contains(name) {
            throw Failure(.badInput, "'\(name.prefix(40))' is no member of an outcome", remedy: Self.remedy)
        }
        guard case .bool(let isOK)? = members["ok"] else {
            throw Failure(.badInput, "ok is missing, or neither true nor false", remedy: Self.remedy)
        }
        let words = try Self.text(members["message"], "message")
        var given: ToolErrorClass?
        if let name = members["class"] {
            guard let known = name.string.flatMap(ToolErrorClass.init(rawValue:)) else {
                let all = ToolErrorClass.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.badInput, "class is \(name.text.prefix(40)); allowed: \(all)")
            }
            given = known
        }
        if let value = members["duration_ms"] {
            guard let duration = value.wholeNumber, duration >= 0, duration <= 86_400_000 else {
                throw Failure(
                    .badInput, "duration_ms is \(value.text.prefix(40)); allowed: whole milliseconds up to a day")
            }
            durationMilliseconds = duration
        } else {
            durationMilliseconds = nil
        }
        message = isOK ? "" : words
        failure = isOK ? nil : given ?? ToolErrorClass(of: words)
    }

    private static let remedy =
        #"send {"ok": true} or {"ok": false, "class": "timeout", "message": "…", "duration_ms": 900}"#

    private static func text(_ value: JSONValue?, _ name: String) throws(Failure) -> String {
        guard let value else { return "" }
        guard let text = value.string else {
            throw Failure(.badInput, "\(name) is \(value.text.prefix(40)); allowed: a text")
        }
        return text
    }
}
