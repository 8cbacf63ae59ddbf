/// Which failures to list.
package struct FailuresQuery: Equatable, Sendable {
    package var failureClass: String?
    package var key: String?
    /// As it was written: a span such as `24h`, or a time.
    package var since: String?
    package var limit: Int
    package var cursor: String?
}
