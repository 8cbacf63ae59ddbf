internal import Companion
internal import Dashboard
internal import Domain
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import Settings

/// Serves page, JSON and metrics where the settings say: closed, opened or moved when they say otherwise. What keeps it
/// from being served must not keep the companion from its work.
struct PageService: Service {
    let settings: LiveSettings
    let report: HostReport
    /// Rung when what is told of the page is not to wait for the next heartbeat.
    let news: Bell
    let searchGraph: OperationsBackend.GraphSearch
    let logger: Logger

    func run() async {
        let changed = Bell()
        settings.onChange { changed.ring() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let address = self.address
                await withTaskGroup(of: Void.self) { group in
                    if let address {
                        group.addTask { await serve(at: address) }
                    } else {
                        await report.found(dashboardError: "")
                    }
                    while !Task.isCancelled, self.address == address { await changed.wait(atMost: .seconds(3600)) }
                    group.cancelAll()
                }
            }
        }
    }

    private var address: LoopbackAddress? {
        let configuration = settings.current.configuration
        // The address was checked when the settings were read.
        return configuration.dashboardIsOn ? LoopbackAddress(configuration.dashboardAddress) : nil
    }

    private func keepSwept(_ folder: DashboardFolder) async {
        while !Task.isCancelled {
            folder.sweep()
            // Cut short by the end.
            try? await Task.sleep(for: .seconds(60))
        }
    }

    private func serve(at address: LoopbackAddress) async {
        do {
            let token = try DashboardToken.loadOrCreate(settings.atStart.state.dashboardToken)
            let backend = try OperationsBackend(settings: settings, searchGraph: searchGraph)
            let folder = DashboardFolder(path: settings.atStart.state.dashboard)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await backend.keepFeeding() }
                group.addTask { await keepSwept(folder) }
                await Dashboard(
                    address: address, token: token, folder: folder, backend: backend, assets: PageAssets.all,
                    logger: logger, whenListening: { _ in await report.found(dashboardError: "") },
                    onTrouble: {
                        await report.found(dashboardError: $0)
                        news.ring()
                    }
                )
                .run()
                group.cancelAll()
            }
        } catch {
            logger.error("no dashboard: \(error)")
            await report.found(dashboardError: "no dashboard: \(error)")
        }
    }
}
