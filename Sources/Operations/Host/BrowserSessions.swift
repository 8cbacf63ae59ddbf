internal import Authentication
internal import Domain
internal import Settings

/// A browser that sees the whole page, as lists show it.
package struct BrowserSession: Encodable, Sendable {
    package let id: String
    /// The one in the browser's address.
    package let port: Int
    package let began_at: String
    package let expires_at: String
}

extension Workplace {
    package var dashboardFolder: DashboardFolder { DashboardFolder(path: settings.state.dashboard) }

    /// The newest first.
    package func browserSessions() -> [BrowserSession] {
        dashboardFolder.sessions().map {
            BrowserSession(
                id: $0.id, port: Int($0.port), began_at: Timestamp($0.began).text, expires_at: Timestamp($0.expiry).text
            )
        }
    }

    /// Ends sessions: the companion refuses them from the next request, and the next event, on.
    /// - Parameter name: an ID, or `all`.
    /// - Returns: how many.
    /// - Throws: `Failure` where none is called so.
    package func revokeBrowserSessions(_ name: String) throws -> Int {
        let folder = dashboardFolder
        let chosen = folder.sessions().filter { name == "all" || $0.id == name }
        guard name == "all" || !chosen.isEmpty else {
            throw Failure(.no, "no browser has a session '\(name)'", remedy: "see 'holdfast dashboard --sessions'")
        }
        for session in chosen { folder.revoke(session.id) }
        return chosen.count
    }
}
