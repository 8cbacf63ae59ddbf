internal import Domain
internal import Glibc
package import Logging
package import Platform
internal import Redis
internal import ServiceLifecycle
package import Settings
internal import Storage
internal import Synchronization

/// The private `redis-server` on a Unix socket in the state folder: AOF everysec, noeviction, no port.
///
/// It may outlive a companion that was killed. It inherits a locked file, so a restarted companion sees by the lock that
/// one runs, adopts it, and never starts a second on one data folder, not even while the first hangs.
package struct EmbeddedRedis: Service {
    package enum Failure: Error, CustomStringConvertible {
        case noProgram(String)
        case foreignSocketFolder(OwnershipFault)
        case notStarted(String)

        package var description: String {
            switch self {
            case .noProgram(let reason): reason
            case .foreignSocketFolder(let fault): "redis-server is not started: \(fault)"
            case .notStarted(let reason): "redis-server did not start: \(reason)"
            }
        }
    }

    let state: StateFolder
    let logger: Logger
    private let child = Child()

    /// The server that this companion started, where its log begins, and what came of those before it.
    private final class Child: Sendable {
        let process = Mutex<SpawnedProcess?>(nil)
        let logStart = Mutex(0)
        let trial = Mutex(StartTrial())
    }

    package init(state: StateFolder, logger: Logger) {
        self.state = state
        self.logger = logger
    }

    private var server: EmbeddedServer { EmbeddedServer(state) }
    private var logPath: String { state.path + "/log/redis.log" }
    private var data: RedisData { RedisData(folder: state.redis) }

    package func run() async throws {
        // The first start must work; later ones are tried again each second, with no command to Redis while it lives.
        try start()
        let logger = self.logger
        await Periodic(name: "embedded Redis") {
            do {
                try start()
            } catch {
                logger.error("\(error)")
            }
            return .seconds(1)
        }.run()
        stop()
    }

    /// Starts the server unless one holds the lock.
    package func start() throws {
        reap()
        // Somebody may have removed it.
        try Files.makeFolder(state.redis)
        guard let lock = try FileLock.take(server.lockPath) else { return }
        try prepareSocketFolder()
        child.logStart.withLock { $0 = Int((try? Files.status(logPath))?.st_size ?? 0) }
        let process = try spawn(keeping: lock.descriptor)
        lock.leaveToChild()
        child.process.withLock { $0 = process }
        logger.info("embedded Redis started", metadata: ["pid": "\(process.id)", "socket": "\(state.redisSocket)"])
    }

    private func prepareSocketFolder() throws {
        let socket = state.redisSocket
        let folder = socket.lastIndex(of: "/").map { String(socket[..<$0]) } ?? state.redis
        try Files.makeFolder(folder)
        if let fault = state.redisSocketFault { throw Failure.foreignSocketFolder(fault) }
    }

    private func spawn(keeping lock: Int32) throws -> SpawnedProcess {
        let program: RedisServerProgram
        do throws(RedisServerProgram.Failure) {
            program = try .find()
        } catch {
            throw Failure.noProgram("\(error)")
        }
        let arguments = [
            program.path, "--port", "0", "--unixsocket", state.redisSocket, "--unixsocketperm", "600", "--dir",
            state.redis,
            "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--pidfile",
            server.pidPath,
            "--logfile", logPath, "--save", "", "--daemonize", "no", "--loglevel", "notice",
            // Transcript paths are longer than the 64 bytes up to which a hash is kept compact: half the memory a session.
            "--hash-max-listpack-value", "512",
            // So that whoever looks into its files for a word finds it, or knows that it is not there.
            "--rdbcompression", "no",
        ]
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        var options = SpawnedProcess.Options()
        options.standardInput = null
        options.standardOutput = null
        // What keeps it from running at all, such as a library that is missing, is said before it opens its log.
        let log = unsafe open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { if log >= 0 { close(log) } }
        options.standardError = log >= 0 ? log : null
        options.keptDescriptor = lock
        options.leadsSession = true
        do throws(FileError) {
            return try SpawnedProcess(arguments, environment: Settings.processEnvironment, options)
        } catch {
            throw Failure.notStarted("\(error)")
        }
    }

    /// Children that ended; an adopted server is init's child and not ours to wait for.
    private func reap() {
        // This child alone: others are waited for by those who started them.
        guard let code = child.process.withLock({ $0 })?.exitCodeIfEnded() else { return }
        child.process.withLock { $0 = nil }
        logger.warning("embedded Redis ended", metadata: ["code": "\(code)"])
        let hasServed = hasServed
        if !hasServed { StartFailure(state).note("redis-server ended with \(code)\(lastWords)") }
        settle(child.trial.withLock { $0.ended(code: code, hasServed: hasServed) })
    }

    /// Whether the server that ended had read its file, by what it wrote into its log.
    private var hasServed: Bool {
        let start = child.logStart.withLock { $0 }
        // A log that cannot be read says nothing against the file.
        guard let log = try? Files.bytes(logPath, limit: 1 << 26) else { return true }
        return ByteSearch.contains(log.dropFirst(min(start, log.count)), "Ready to accept connections")
    }

    /// What the server that ended wrote last, without its process and time; empty where it wrote nothing.
    private var lastWords: String {
        let start = child.logStart.withLock { $0 }
        guard let log = try? Files.bytes(logPath, limit: 1 << 26) else { return "" }
        let text = String(decoding: log.dropFirst(min(start, log.count)), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        // Servers mark what is grave with `#`; what they say of how they end comes after it.
        let line = lines.last { $0.contains(" # ") } ?? lines.last ?? ""
        let words = line.firstRange(of: " # ").map { line[$0.upperBound...] } ?? line
        return words.isEmpty ? "" : ": \(words.prefix(300))"
    }

    private func settle(_ step: StartTrial.Step) {
        switch step {
        case .startAgain: break
        case .startWithWhatCanBeRead:
            guard let aside = data.moveAside() else { return }
            data.salvage(from: aside)
            logger.error(
                "embedded Redis cannot read its file; it is moved aside, and what can be read of it is gone on with",
                metadata: ["moved_to": "\(aside)"])
        case .startEmpty:
            data.remove()
            logger.error("of its file embedded Redis can read nothing; it starts empty, and the archive fills it")
        case .putBack:
            data.putBack()
            logger.error("embedded Redis does not start without its file either; see \(logPath)")
        }
    }

    private func stop() {
        let isGone = server.stop(child: child.process.withLock { $0 }?.id, reap: reap) { signal, process in
            logger.warning("embedded Redis does not answer", metadata: ["pid": "\(process)", "signal": "\(signal)"])
        }
        if !isGone { logger.error("embedded Redis did not stop", metadata: ["folder": "\(state.redis)"]) }
    }
}
