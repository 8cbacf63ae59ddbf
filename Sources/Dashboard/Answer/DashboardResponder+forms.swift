internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

// The forms that answers take.
extension DashboardResponder {
    static func json(_ bytes: [UInt8]) -> Response { text(bytes, "application/json") }

    static func text(_ bytes: [UInt8], _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func health(_ health: BackendHealth) -> Response {
        var response = json(health.json)
        if !health.isWell { response.status = .serviceUnavailable }
        return response
    }

    static func response(_ refusal: Refusal, to request: Request) -> Response {
        let text = RefusalText(refusal: refusal), isPage = wantsPage(request)
        var headers = refusal.headers
        headers[.contentType] = isPage ? "text/html; charset=utf-8" : "application/json"
        return Response(
            status: refusal.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: isPage ? text.html : text.json)))
    }

    /// Whether a browser sent a form of the page, rather than its script: then it wants to see the page again.
    static func isForm(_ request: Request) -> Bool {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return false }
        return request.headers[.accept]?.contains("application/json") != true
    }

    private static func wantsPage(_ request: Request) -> Bool {
        request.headers[.accept]?.contains("text/html") == true
    }
}
