package import Domain

/// What a tool answers.
package struct ToolResult: Sendable, Equatable {
    /// What a model needs to go on: a few sentences, or a line for each of what was found.
    package let text: String
    /// All of it, an object that fits the tool's output schema.
    package let structured: JSONValue

    package init(text: String, structured: JSONValue) {
        self.text = text
        self.structured = structured
    }
}

/// Why a tool did not do what it was asked, and the way out.
package struct ToolError: Error, Sendable, Equatable {
    package enum Category: String, Sendable, CaseIterable {
        case llmUnavailable = "llm_unavailable"
        case llmAuth = "llm_auth"
        case rateLimit = "rate_limit"
        case network
        case quota
        case redisUnavailable = "redis_unavailable"
        case notFound = "not_found"
        case invalid
        case timeout
        case `internal`
    }

    package let category: Category
    package let message: String
    package let remedy: String

    package init(_ category: Category, _ message: String, remedy: String) {
        self.category = category
        self.message = message
        self.remedy = remedy
    }

    package var text: String { remedy.isEmpty ? message : message + "; " + remedy }

    package var structured: JSONValue {
        [
            "error": [
                "category": .string(category.rawValue), "message": .string(message), "remedy": .string(remedy),
            ]
        ]
    }
}

/// How a call ended.
typealias CallOutcome = Result<ToolResult, ToolError>

extension CallOutcome {
    /// The result of `tools/call`.
    ///
    /// The text says what a model needs to go on; the structured content has all of it, once. Clients of versions without
    /// structured content get the JSON in a block of its own behind the text: of a failed call some show the first block
    /// only. For newer ones the specification asks for that too, for those that know it by name only; it was all said
    /// twice then, at the price of the model's room.
    func rendered(for version: ProtocolVersion) -> JSONValue {
        let (text, structured, failed) =
            switch self {
            case .success(let result): (result.text, result.structured, false)
            case .failure(let error): (error.text, error.structured, true)
            }
        let json = structured.text
        guard case .object = structured, json != "null" else {
            // Not an object, or with a number that JSON cannot write: no client could read it.
            let error = ToolError(.internal, "the tool's answer cannot be written as JSON", remedy: "report this")
            return CallOutcome.failure(error).rendered(for: version)
        }
        // What a key or a text says must not steer whoever shows it; in the JSON it is data.
        let words = text.isEmpty ? [] : [VisibleText.of(text)]
        let texts = words + (version.hasStructuredContent && !words.isEmpty ? [] : [json])
        var result: [String: JSONValue] = [
            "content": .array(texts.map { ["type": "text", "text": .string($0)] }),
            "isError": .bool(failed),
        ]
        if version.hasStructuredContent { result["structuredContent"] = structured }
        return .object(result)
    }
}
