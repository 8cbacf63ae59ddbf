internal import Authentication
internal import Dashboard
internal import Domain
internal import InMemoryLogging
internal import Logging
internal import Operations
internal import Platform
internal import ServiceLifecycle
internal import Synchronization
internal import TestSupport
internal import Testing

/// A dashboard that really listens, as the companion runs it.
struct RunningDashboard: Sendable {
    let port: Int
    let backend: StandInBackend
    let token: DashboardToken
    let log: InMemoryLogHandler
    let services: ServiceGroup
    let folder: DashboardFolder
    let sessionCookie: String

    /// Runs one for as long as a body takes, and stops it as the companion does.
    static func run<Outcome>(
        address: LoopbackAddress = .tcp(host: "127.0.0.1", port: 0), limits: DashboardLimits = .quick,
        isForPrograms: Bool = false,
        _ body: (RunningDashboard) async throws -> Outcome
    ) async throws -> Outcome {
        var log = InMemoryLogHandler()
        log.logLevel = .debug
        let backend = StandInBackend(), token = DashboardToken.random()
        let scratch = try Scratch()
        let folder = DashboardFolder(path: scratch.path + "/dashboard")
        let (session, cookie) = DashboardSession.begin(
            token: token.text, port: 7391, now: HostClock.wallMilliseconds)
        try folder.keep(session)
        let bound = Bound()
        let dashboard = Dashboard(
            address: address, token: token, folder: folder, backend: backend, assets: assets, limits: limits,
            isForPrograms: isForPrograms, logger: Logger(label: "test") { [log] _ in log }
        ) { port in bound.set(port ?? 0) }
        let services = ServiceGroup(services: [dashboard], logger: Logger(label: "group") { _ in InMemoryLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            if case .tcp(_, 0) = address { try await poll("a port") { bound.port != nil } }
            let running = RunningDashboard(
                port: bound.port ?? 0, backend: backend, token: token, log: log, services: services, folder: folder,
                sessionCookie: cookie)
            let outcome: Outcome
            do {
                outcome = try await body(running)
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return outcome
        }
    }

    static let assets = [
        Asset(path: "/assets/page.css", contentType: "text/css; charset=utf-8", bytes: Array("p {}".utf8))
    ]

    var bearer: String { "Authorization: Bearer \(token.text)" }
    var cookie: String { "Cookie: holdfast_session_7391=\(sessionCookie)" }
    var warnings: [String] { log.entries.filter { $0.level >= .warning }.map { "\($0.message)" } }

    func connect() throws -> Connection { try Connection(port: port) }

    /// One request over a connection of its own.
    func call(
        _ line: String, host: String? = "127.0.0.1:7391", _ headers: [String] = [], body: String? = nil
    ) async throws -> Answer {
        let connection = try connect()
        try await connection.send(Self.request(line, host: host, headers, body: body))
        return try await connection.answer(isHead: line.hasPrefix("HEAD"))
    }

    /// One request, of whose answer only the status matters.
    func expect(
        _ status: Int, _ line: String, host: String? = "127.0.0.1:7391", _ headers: [String] = [], body: String? = nil,
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await call(line, host: host, headers, body: body)
        #expect(answer.status == status, "\(line)", sourceLocation: place)
    }

    static func request(
        _ line: String, host: String? = "127.0.0.1:7391", _ headers: [String] = [], body: String? = nil
    ) -> String {
        var lines = ["\(line) HTTP/1.1"]
        if let host { lines.append("Host: \(host)") }
        lines += headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }
}

/// The port, once there is one.
private final class Bound: Sendable {
    private let value = Mutex<Int?>(nil)

    var port: Int? { value.withLock { $0 } }

    func set(_ port: Int) { value.withLock { $0 = port } }
}

extension DashboardLimits {
    /// Those of production, but nothing to wait for.
    static var quick: DashboardLimits {
        var limits = DashboardLimits()
        limits.wrongToken = .zero
        limits.retry = .milliseconds(20)
        return limits
    }
}
