internal import HTTPTypes

/// A request that is not done: the status, and for the person why and the way out.
struct Refusal: Error, Equatable {
    var status: HTTPResponse.Status
    var category: String
    var message: String
    var remedy: String
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status, _ category: String, _ message: String, remedy: String, headers: HTTPFields = [:]
    ) {
        self.status = status
        self.category = category
        self.message = message
        self.remedy = remedy
        self.headers = headers
    }

    init(_ error: BackendError) {
        let status: HTTPResponse.Status =
            switch error.category {
            case .invalid: .badRequest
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .conflict: .conflict
            case .redisUnavailable: .serviceUnavailable
            case .timeout: .gatewayTimeout
            case .failed: .internalServerError
            }
        self.init(status, error.category.rawValue, error.message, remedy: error.remedy)
    }

    /// The same for somebody without the token: an error's text may name what only the user may see.
    var withoutText: Refusal {
        Refusal(
            status, category, "this cannot be told now", remedy: "ask with the token, or run 'holdfast status'",
            headers: headers)
    }
}
