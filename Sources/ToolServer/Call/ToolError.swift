package import Domain

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
