package import Authentication
internal import Domain
package import Platform
internal import Settings
internal import Storage

/// How a person comes to the companion's page.
package enum DashboardDoor: Sendable {
    /// An address that opens it once, within ten minutes: for a terminal, not for arguments.
    case page(DashboardEntry)
    /// A Unix socket, and the file with the token.
    case socket(path: String, token: String)
}

/// A way to the page that works once.
package struct DashboardEntry: Sendable {
    let address: String
    let pass: DashboardPass
    let folder: DashboardFolder

    package init(address: String, pass: DashboardPass, folder: DashboardFolder) {
        self.address = address
        self.pass = pass
        self.folder = folder
    }

    package var url: String { "http://\(address)/?pass=\(pass.text)" }

    /// A file for a browser to open: the arguments of a program are for everybody on the host to read.
    package func writePage() throws(FileError) -> String { try folder.write(pass, for: address) }
}

extension Workplace {
    /// - Throws: `Failure` where there is no page.
    package func dashboardDoor() throws -> DashboardDoor {
        guard settings.configuration.dashboardIsOn else {
            throw Failure(.configuration, "dashboard.enabled is false", remedy: "set it to true in holdfast.json")
        }
        guard CompanionStarter(settings: settings).isCompanionRunning else {
            throw Failure(.no, "no companion runs on this host", remedy: "'holdfast up'")
        }
        // Whoever holds the address would be handed the pass.
        if let away = try? status().troubles.first(where: { $0.kind == .dashboard_away }) {
            throw Failure(.no, away.what, remedy: away.remedy)
        }
        guard let token = try? Files.read(settings.state.dashboardToken, limit: 256) else {
            throw Failure(
                .no, "there is no \(settings.state.dashboardToken) yet",
                remedy: "see \(settings.state.companionLog)")
        }
        let address = settings.configuration.dashboardAddress
        if case .unix(let path)? = LoopbackAddress(address) {
            return .socket(path: path, token: settings.state.dashboardToken)
        }
        let pass = DashboardPass(token: token.filter { !$0.isNewline }, now: HostClock.wallMilliseconds)
        return .page(DashboardEntry(address: address, pass: pass, folder: dashboardFolder))
    }
}
