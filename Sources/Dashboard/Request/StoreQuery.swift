/// Which transcript a program means; its names are unproven.
package struct StoreQuery: Equatable, Sendable {
    package var project: String
    package var session: String
    /// Below the session; nil for its own.
    package var subpath: String?

    /// - Parameter segments: of an address: project and session first.
    init(_ segments: [String]) { (project, session) = (segments[0], segments[1]) }

    func with(_ terms: Terms) -> StoreQuery {
        var query = self
        query.subpath = terms["subpath"]
        return query
    }
}
