internal import HTTPTypes

/// What is refused before the backend hears of it.
extension Refusal {
    static func invalid(_ message: String, remedy: String) -> Refusal {
        Refusal(.badRequest, "invalid", message, remedy: remedy)
    }

    static var wrongHost: Refusal {
        Refusal(
            .misdirectedRequest, "forbidden", "the dashboard is asked for under a name that is not its own",
            remedy: "use 127.0.0.1 or localhost; 'holdfast dashboard' opens the right address")
    }

    static var foreign: Refusal {
        Refusal(
            .forbidden, "forbidden", "the request comes from a page that is not the dashboard's",
            remedy: "use the dashboard itself ('holdfast dashboard'), or send the token as a bearer token")
    }

    static var noToken: Refusal {
        Refusal(
            .unauthorized, "unauthorized", "this wants the token",
            remedy: "run 'holdfast dashboard', or send 'Authorization: Bearer TOKEN'",
            headers: [.wwwAuthenticate: "Bearer"])
    }

    static var wrongToken: Refusal {
        Refusal(
            .unauthorized, "unauthorized", "the token is not the right one",
            remedy: "run 'holdfast dashboard': it opens the page with the token of now",
            headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
    }

    static var usedPass: Refusal {
        Refusal(
            .unauthorized, "unauthorized", "the address was used, or is too old",
            remedy: "run 'holdfast dashboard': it opens the page by an address that works once",
            headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
    }

    static var notFound: Refusal {
        Refusal(
            .notFound, "not_found", "there is nothing under this address",
            remedy: "look for a slip in it; in a key every sign may be percent-encoded, '/' too")
    }

    static func wrongMethod(allowed: [HTTPRequest.Method]) -> Refusal {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return Refusal(
            .methodNotAllowed, "invalid", "this address takes only \(list)", remedy: "use \(list)",
            headers: [.allow: list])
    }

    static func tooLarge(limit: Int) -> Refusal {
        Refusal(.contentTooLarge, "invalid", "the body has more than \(limit) bytes", remedy: "send less")
    }

    static func tooManyStreams(limit: Int) -> Refusal {
        Refusal(
            .serviceUnavailable, "too_many", "\(limit) event streams are open already",
            remedy: "close some of the dashboard's tabs", headers: [.retryAfter: "10"])
    }
}
