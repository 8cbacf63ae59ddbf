/// All that is known of one failed call: what the classifier reads.
package struct FailureEvidence: Sendable, Equatable {
    /// nil: there was no HTTP reply, or only text is left of it.
    package var httpStatus: Int?
    /// Names in lower case.
    package var headers: [String: String]
    package var body: String
    /// When the reply came, ms since 1970: what reset times are compared with where the reply has no `date`.
    package var nowMilliseconds: Int64

    package init(httpStatus: Int?, headers: [String: String] = [:], body: String, nowMilliseconds: Int64) {
        self.httpStatus = httpStatus
        self.headers = headers
        self.body = body
        self.nowMilliseconds = nowMilliseconds
    }
}
