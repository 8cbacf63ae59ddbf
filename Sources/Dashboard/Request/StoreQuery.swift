/// Which transcript a program means; its names are unproven.
package struct StoreQuery: Equatable, Sendable {
    package var project: String
    package var session: String
    /// Below the session; nil for its own.
    package var subpath: String?
}
