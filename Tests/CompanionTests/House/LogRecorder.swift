import Logging
import Synchronization

/// Keeps what a companion logs: one line a message, its level before it.
final class LogRecorder: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "test", factory: { [self] _ in Handler(recorder: self) })
        logger.logLevel = .debug
        return logger
    }

    func contains(_ text: String) -> Bool { count(text) > 0 }
    func count(_ text: String) -> Int { kept.withLock { lines in lines.count { $0.contains(text) } } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let more = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = (["\(event.level)", "\(event.message)"] + more).joined(separator: " ")
            recorder.kept.withLock { $0.append(line) }
        }
    }
}
