internal import Companion
internal import Dashboard
internal import Domain
internal import Logging
internal import Operations
internal import Platform
internal import ServiceLifecycle
internal import Settings

/// Serves the same over a Unix socket of the state folder to the user's own programs, whether or not there is a page: the
/// Agent SDK's session store for one (integrations/python).
struct ProgramService: Service {
    let settings: LiveSettings
    let logger: Logger

    func run() async {
        let state = settings.atStart.state
        if let fault = state.programSocketFault { return logger.error("programs are not served: \(fault)") }
        do {
            let socket = state.programSocket
            if let slash = socket.lastIndex(of: "/") { try Files.makeFolder(String(socket[..<slash])) }
            // Where a program finds it.
            try Files.write(socket, to: state.path + "/api.address")
            await Dashboard(
                address: .unix(path: socket), token: try DashboardToken.loadOrCreate(state.dashboardToken),
                folder: DashboardFolder(path: state.dashboard), backend: try OperationsBackend(settings: settings),
                assets: PageAssets.all, isForPrograms: true, logger: logger
            ).run()
        } catch {
            logger.error("programs are not served: \(error)")
        }
    }
}
