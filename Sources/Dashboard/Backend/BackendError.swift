/// Why the backend cannot answer, for a person: what is wrong and the way out.
package struct BackendError: Error, Equatable, Sendable {
    package enum Category: String, Sendable, CaseIterable {
        case invalid
        case unauthorized
        case forbidden
        case notFound = "not_found"
        case conflict
        case redisUnavailable = "redis_unavailable"
        case timeout
        case failed
    }

    package var category: Category
    package var message: String
    package var remedy: String

    package init(_ category: Category, _ message: String, remedy: String) {
        self.category = category
        self.message = message
        self.remedy = remedy
    }
}
