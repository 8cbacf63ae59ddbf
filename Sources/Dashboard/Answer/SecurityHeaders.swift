internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore

/// What every answer carries: a browser runs, embeds and keeps nothing that is not the dashboard's own.
enum SecurityHeaders {
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static func add(to response: inout Response) {
        response.headers[.contentSecurityPolicy] = policy
        response.headers[.xContentTypeOptions] = "nosniff"
        // Not "no-referrer": that makes browsers send "Origin: null" with our own forms.
        set("Referrer-Policy", "same-origin", in: &response)
        set("X-Frame-Options", "DENY", in: &response)
        set("Cross-Origin-Opener-Policy", "same-origin", in: &response)
        set("Cross-Origin-Resource-Policy", "same-origin", in: &response)
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    private static func set(_ name: String, _ value: String, in response: inout Response) {
        guard let name = HTTPField.Name(name) else { return }
        response.headers[name] = value
    }
}
