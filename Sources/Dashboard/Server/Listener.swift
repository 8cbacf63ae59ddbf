internal import Domain
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import Platform
internal import ServiceLifecycle
internal import Settings
internal import Synchronization

/// One time of listening, from bind to the last connection's end.
struct Listener {
    let dashboard: Dashboard

    func run() async throws {
        switch dashboard.address {
        case .tcp(let host, let port):
            try await serve(.hostname(host, port: port)) { channel in
                let bound = channel.localAddress?.port
                dashboard.logger.info("dashboard listens", metadata: ["host": "\(host)", "port": "\(bound ?? port)"])
                await dashboard.whenListening(bound)
            }
        case .unix(let path):
            let file = try SocketFile(preparing: path)
            defer { file.withdraw() }
            try await serve(.unixDomainSocket(path: file.draft)) { channel in
                do throws(SocketFileError) {
                    try file.publish()
                } catch {
                    dashboard.logger.warning("\(dashboard.explanation(of: error))")
                    return channel.close(promise: nil)
                }
                dashboard.logger.info("\(dashboard.subject) listens", metadata: ["socket": "\(path)"])
                await dashboard.whenListening(nil)
            }
        }
    }

    private func serve(
        _ address: BindAddress, whenListening: @escaping @Sendable (any Channel) async -> Void
    ) async throws {
        let room = ConnectionRoom(capacity: dashboard.limits.connections)
        let farewell = TimeAmount(dashboard.limits.farewell)
        var quiet = dashboard.logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        let application = Application(
            responder: responder, server: .http1(configuration: connections(in: room)),
            configuration: ApplicationConfiguration(
                address: address, serverName: nil, backlog: 512,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    dashboard.limits.connections + ConnectionRoom.reserve, logger: quiet)),
            onServerRunning: whenListening, logger: quiet)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await application.run()
        } onCancelOrGracefulShutdown: {
            room.close(after: farewell)
        }
    }

    private func connections(in room: ConnectionRoom) -> HTTP1Channel.Configuration {
        let limits = dashboard.limits
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionWatch(room: room, limits: limits)],
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: limits.headFieldBytes, maxHeaderListSize: limits.headBytes,
                maxHeaderFieldCount: limits.headFields))
    }

    private var responder: DashboardResponder {
        let limits = dashboard.limits
        var isBehindSocketFile = false
        if case .unix = dashboard.address { isBehindSocketFile = true }
        return DashboardResponder(
            backend: dashboard.backend, assets: AssetStore(dashboard.assets),
            admission: Admission(token: dashboard.token, folder: dashboard.folder, delay: limits.wrongToken),
            origins: OriginRule(isBehindSocketFile: isBehindSocketFile), slots: StreamLimit(limit: limits.streams),
            limits: limits, isForPrograms: isBehindSocketFile && dashboard.isForPrograms)
    }
}

/// Why the kernel would not let us listen, and the way out.
struct ListenTrouble: CustomStringConvertible {
    let address: LoopbackAddress
    let number: Int32

    /// Without the way out, for where no setting is one.
    static func reason(of error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) } ?? "error \(error.errnoCode)"
    }

    var description: String {
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        guard case .tcp(let host, let port) = address else {
            return "cannot listen on \(address) (\(reason)); mend dashboard.listen"
        }
        switch number {
        case EADDRINUSE:
            return "port \(port) is taken by another program; stop it, or set dashboard.listen to another port"
        case EACCES: return "port \(port) is for root only; set dashboard.listen to a port above 1023"
        case EADDRNOTAVAIL: return "this machine has no address \(host); set dashboard.listen to 127.0.0.1:PORT"
        default: return "cannot listen on \(address) (\(reason)); set dashboard.listen to another port"
        }
    }
}
