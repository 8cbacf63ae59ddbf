package import Domain
package import Logging
internal import NIOCore
package import Operations
internal import Platform
internal import ServiceLifecycle

/// The dashboard as a service: listens until the companion stops, and what keeps it from listening it only reports.
package struct Dashboard: Service {
    let address: LoopbackAddress
    let token: DashboardToken
    let folder: DashboardFolder
    let backend: any DashboardBackend
    let assets: [Asset]
    let limits: DashboardLimits
    let isForPrograms: Bool
    let logger: Logger
    let whenListening: @Sendable (Int?) async -> Void
    let onTrouble: @Sendable (String) async -> Void

    /// - Parameters:
    ///   - folder: where sessions are kept.
    ///   - isForPrograms: whether whoever can open the socket is the user, and needs no token.
    ///   - whenListening: called each time it begins to listen, with the port unless it is a socket file.
    ///   - onTrouble: told each time why it does not listen.
    package init(
        address: LoopbackAddress, token: DashboardToken, folder: DashboardFolder, backend: any DashboardBackend,
        assets: [Asset], limits: DashboardLimits = DashboardLimits(), isForPrograms: Bool = false, logger: Logger,
        whenListening: @escaping @Sendable (Int?) async -> Void = { _ in },
        onTrouble: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.address = address
        self.token = token
        self.folder = folder
        self.backend = backend
        self.assets = assets
        self.limits = limits
        self.isForPrograms = isForPrograms
        self.logger = logger
        self.whenListening = whenListening
        self.onTrouble = onTrouble
    }

    package func run() async {
        var lastTrouble = ""
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let trouble: String
            do {
                try await Listener(dashboard: self).run()
                trouble = "\(subject) stopped listening on \(address); it is started again"
            } catch {
                trouble = explanation(of: error)
            }
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
            // A warning once, not every 30 s.
            logger.log(level: trouble == lastTrouble ? .debug : .warning, "\(trouble)")
            lastTrouble = trouble
            await onTrouble(trouble)
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

    var subject: String { isForPrograms ? "the socket for programs" : "the dashboard" }

    func explanation(of error: any Error) -> String {
        let again = "it tries again every \(limits.retry.components.seconds) s, all else goes on"
        // No setting says where that is.
        if isForPrograms {
            return "programs are not served on \(address): \(ListenTrouble.reason(of: error)); \(again)"
        }
        let reason =
            switch error {
            case let error as IOError: "\(ListenTrouble(address: address, number: error.errnoCode))"
            case let error as SocketFileError: "\(error); \(error.remedy)"
            default: "\(error)"
            }
        return "no dashboard: \(reason); \(again)"
    }
}

/// How much of us one client, or all of them, can have.
package struct DashboardLimits: Sendable {
    /// Connections at a time. With one more, the one that has been idle for longest goes.
    package var connections = 256
    /// Event streams at a time.
    package var streams = 32
    package var bodyBytes = 64 << 10
    /// Of entries that are stored.
    package var entriesBytes = 256 << 20
    /// A line of a head, and the whole head.
    package var headFieldBytes = 16 << 10
    package var headBytes = 32 << 10
    package var headFields = 100

    /// From the connection to the end of the first head.
    package var head = Duration.seconds(10)
    /// From the end of a head to the end of its body.
    package var body = Duration.seconds(10)
    /// From an answer to the end of the next head.
    package var idle = Duration.seconds(30)
    /// How long a client may take nothing of what was written to it.
    package var stall = Duration.seconds(30)
    /// How long the backend may take.
    package var answer = Duration.seconds(10)

    package var keepAlive = Duration.seconds(15)
    package var wrongToken = Duration.milliseconds(250)
    /// From the word to stop to the end of the last connection.
    package var farewell = Duration.seconds(2)
    /// From one attempt to listen to the next.
    package var retry = Duration.seconds(30)

    package init() {}
}
