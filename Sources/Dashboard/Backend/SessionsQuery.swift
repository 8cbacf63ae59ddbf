/// Which sessions to list.
package struct SessionsQuery: Equatable, Sendable {
    /// An exact key, a session id or the beginning of a key.
    package var search: String?
    package var limit: Int
    package var offset: Int
}
