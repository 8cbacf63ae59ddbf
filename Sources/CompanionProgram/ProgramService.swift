internal import Companion
internal import Dashboard
internal import Domain
internal import Logging
internal import Operations
internal import Platform
internal import ServiceLifecycle
internal import Settings

/// Serves the same over a Unix socket of the state folder to the user's own programs, whether or not there is a page: the
/// Agent SDK's session store for one (integrations/python). What keeps it from being served must not keep the companion
/// from its work: it waits until that is mended, or for the end.
struct ProgramService: Service {
    let settings: LiveSettings
    let searchGraph: OperationsBackend.GraphSearch
    let logger: Logger

    /// From one look whether they can be served to the next.
    private static let pause = Duration.seconds(30)

    func run() async {
        var told = ""
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let reason = await serve()
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
            // Once, not every 30 s.
            if reason != told { logger.error("programs are not served: \(reason)") }
            told = reason
            // Cut short by the end, which the loop sees.
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.pause) }
        }
    }

    /// - Returns: why they are not served, or no longer.
    private func serve() async -> String {
        let state = settings.atStart.state
        if let fault = state.programSocketFault { return "\(fault)" }
        do {
            let socket = state.programSocket
            if let slash = socket.lastIndex(of: "/") { try Files.makeFolder(String(socket[..<slash])) }
            // Where a program finds it.
            try Files.write(socket, to: state.path + "/api.address")
            await Dashboard(
                address: .unix(path: socket), token: try DashboardToken.loadOrCreate(state.dashboardToken),
                folder: DashboardFolder(path: state.dashboard),
                backend: try OperationsBackend(settings: settings, searchGraph: searchGraph),
                assets: PageAssets.all, isForPrograms: true, logger: logger
            ).run()
            return "it ended"
        } catch {
            return "\(error)"
        }
    }
}
