internal import Domain
internal import HTTPTypes
internal import Platform

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

/// A refusal as its reader takes it: JSON for programs, a page for a person's browser.
struct RefusalText {
    let refusal: Refusal

    var json: String {
        "{\"error\": {\"category\": \(quoted(refusal.category)), \"message\": \(quoted(refusal.message)), "
            + "\"remedy\": \(quoted(refusal.remedy))}}\n"
    }

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/assets/page.css">
        <title>Holdfast: \(escaped(refusal.message))</title>
        <header class="mast"><p class="home"><a href="/">Holdfast</a></p></header>
        <main>
        <section class="panel refused">
        <h1>\(escaped(refusal.message))</h1>
        <p>\(escaped(refusal.remedy))</p>
        <p><a class="button" href="/">Back to the dashboard</a></p>
        </section>
        </main>
        </html>

        """
    }

    private func quoted(_ text: String) -> String { JSONValue.string(text).text }

    /// As a browser shows it. Control characters, and those that turn the direction of what follows them, leave a mark.
    private func escaped(_ text: String) -> String {
        let shown = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar == "\n" { return " " }
            let isHidden = scalar.properties.isBidiControl || scalar.properties.generalCategory == .control
            return isHidden ? "\u{fffd}" : scalar
        }
        return Markup.escaped(String(String.UnicodeScalarView(shown)))
    }
}

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

    static func noSession(_ error: FileError) -> Refusal {
        Refusal(
            .internalServerError, "failed", "no session can be kept for the browser (\(error.reason))",
            remedy: "'holdfast doctor' says what is wrong with the state folder")
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
