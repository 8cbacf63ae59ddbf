internal import Domain
internal import Glibc
package import Logging
internal import Platform
package import Settings

/// Standard error of a detached companion: a file of bounded size, with one old copy.
package enum LogFile {
    static let limit = 4 << 20

    /// Points standard error at the file, beginning a new one when the old has grown too long.
    package static func open(_ path: String) {
        if let status = try? Files.status(path), status.st_size > limit { _ = Files.rename(path, to: path + ".1") }
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        dup2(descriptor, STDERR_FILENO)
        dup2(descriptor, STDOUT_FILENO)
        close(descriptor)
    }

    package static func rotation(_ path: String) -> Periodic {
        Periodic(name: "log") {
            open(path)
            return .seconds(3600)
        }
    }
}

/// Logs to standard error what is at least as grave as `log_level` says at that moment.
package struct LiveLogHandler: LogHandler {
    private var handler: StreamLogHandler
    private let settings: LiveSettings

    package init(label: String, settings: LiveSettings) {
        handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .trace
        self.settings = settings
    }

    /// Below it a logger is quiet whatever the setting says.
    private var floor = Logger.Level.trace

    package var logLevel: Logger.Level {
        get { max(floor, Logger.Level(rawValue: settings.current.configuration.logLevel) ?? .info) }
        set { floor = newValue }
    }

    package var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    /// Read by people in a terminal, and of others' words: an error quotes a server, a path is anybody's.
    package func log(event: LogEvent) {
        var event = event
        event.message = "\(VisibleText.line(event.message.description))"
        event.metadata = event.metadata?.mapValues { .string(VisibleText.line("\($0)")) }
        handler.log(event: event)
    }
}
