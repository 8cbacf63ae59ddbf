package import Domain
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The dashboard as a service: listens until the companion stops, and what keeps it from listening it only reports.
package struct Dashboard: Service {
    let address: LoopbackAddress
    let token: DashboardToken
    let backend: any DashboardBackend
    let assets: [Asset]
    let limits: DashboardLimits
    let logger: Logger
    let whenListening: @Sendable (Int?) async -> Void

    /// - Parameter whenListening: called each time it begins to listen, with the port unless it is a socket file.
    package init(
        address: LoopbackAddress, token: DashboardToken, backend: any DashboardBackend, assets: [Asset],
        limits: DashboardLimits = DashboardLimits(), logger: Logger,
        whenListening: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) {
        self.address = address
        self.token = token
        self.backend = backend
        self.assets = assets
        self.limits = limits
        self.logger = logger
        self.whenListening = whenListening
    }

    package func run() async {
        var lastTrouble = ""
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let trouble: String
            do {
                try await Listener(dashboard: self).run()
                trouble = "the dashboard stopped listening on \(address); it is started again"
            } catch {
                trouble = explanation(of: error)
            }
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
            // A warning once, not every 30 s.
            logger.log(level: trouble == lastTrouble ? .debug : .warning, "\(trouble)")
            lastTrouble = trouble
            await pause()
        }
    }

    private func pause() async {
        let limit = limits.retry
        await cancelWhenGracefulShutdown {
            // Cut short by the end, which the loop sees.
            try? await Task.sleep(for: limit)
        }
    }

    private func explanation(of error: any Error) -> String {
        let reason = (error as? IOError).map { ListenTrouble(address: address, number: $0.errnoCode).description }
        let again = "it tries again every \(limits.retry.components.seconds) s, all else goes on"
        return "no dashboard: \(reason ?? "\(error)"); \(again)"
    }
}
