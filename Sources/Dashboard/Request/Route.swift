internal import HTTPTypes

/// What an address stands for.
///
/// Not Hummingbird's router: keys hold slashes, encoded or not, a wrong method is to be told from a wrong address, and
/// what is public is said in one place.
enum Route: Equatable {
    case page
    case asset(String)
    case health
    case readiness
    case metrics
    case status
    case sessions
    case lookUp(key: String)
    case drop(key: String)
    case failures
    case episode(String)
    case retry(String)
    case discard(String)
    case memory
    case history
    case events

    var methods: [HTTPRequest.Method] {
        switch self {
        case .drop, .retry, .discard: [.post]
        default: [.get, .head]
        }
    }

    /// Whether it is answered without the token; the page then is the reduced one.
    var isPublic: Bool {
        switch self {
        case .page, .asset, .health, .readiness, .metrics: true
        default: false
        }
    }

    /// Where a browser goes after a form.
    var place: String {
        switch self {
        case .drop: "/#sessions"
        case .retry, .discard: "/#failures"
        default: "/"
        }
    }
}
