internal import Glibc
internal import Platform
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// One run of a program in a session of its own, which ends with everything it started.
struct ChildProcess: Sendable {
    struct Outcome: Sendable {
        var output: String
        /// The beginning of what it wrote to stderr.
        var error: String
        /// nil when a signal ended it.
        var code: Int32?
    }

    enum Failure: Error, Sendable {
        case cannotStart(String)
        case tooLarge(limit: Int)
        case timeout
        case cancelled
    }

    var command: String
    var arguments: [String]
    var environment: [String: String]
    var folder: String
    var input: String
    var mostOutputBytes: Int

    private static let mostErrorBytes = 16 << 10
    private static let grace = Duration.seconds(2)

    /// - Returns: at the latest 2 s after the deadline, all processes of the group dead.
    func run(deadline: Duration) async throws(Failure) -> Outcome {
        let group = ProcessGroup()
        let outcome = await TimeLimit.race(deadline) { await run(in: group) }
        group.killAll()
        if Task.isCancelled { throw .cancelled }
        guard let outcome else { throw .timeout }
        return try outcome.get()
    }

    private func run(in group: ProcessGroup) async -> Result<Outcome, Failure> {
        do {
            return .success(try await start(in: group))
        } catch let failure as Failure {
            return .failure(failure)
        } catch let error as SubprocessError {
            return .failure(.cannotStart(Self.reason(error)))
        } catch {
            return .failure(.cannotStart("\(error)"))
        }
    }

    private func start(in group: ProcessGroup) async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.grace)
        ]
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        let most = mostOutputBytes
        let result = try await Subprocess.run(
            command.contains("/") ? .path(FilePath(command)) : .name(command), arguments: Arguments(arguments),
            environment: .custom(variables), workingDirectory: FilePath(folder), platformOptions: options,
            input: .fileDescriptor(try inputFile(), closeAfterSpawningProcess: true), output: .sequence,
            error: .sequence
        ) { execution in
            group.isLed(by: execution.processIdentifier.value)
            do {
                // Both are read at once: a child blocks when nobody reads what it writes.
                async let said = Self.beginning(of: execution.standardError)
                return (output: try await Self.all(of: execution.standardOutput, atMost: most), error: try await said)
            } catch {
                // Nobody reads on, so it would block for ever.
                group.killAll()
                throw error
            }
        }
        let code: Int32? = if case .exited(let code) = result.terminationStatus { code } else { nil }
        return Outcome(output: result.closureResult.output, error: result.closureResult.error, code: code)
    }

    /// A nameless file, not a pipe: a child that does not read it to its end is no error, and leaves nobody waiting.
    private func inputFile() throws -> FileDescriptor {
        do throws(FileError) {
            return FileDescriptor(rawValue: try MemoryFile.make(holding: Array(input.utf8)[...]))
        } catch {
            throw Failure.cannotStart("no room for its input (\(error))")
        }
    }

    private static func all(of stream: SubprocessOutputSequence, atMost limit: Int) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in stream {
            guard bytes.count + chunk.count <= limit else { throw Failure.tooLarge(limit: limit) }
            unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func beginning(of stream: SubprocessOutputSequence) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in stream where bytes.count < mostErrorBytes {
            unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func reason(_ error: SubprocessError) -> String {
        switch error.code {
        case .executableNotFound: "not found; install it, or name its path in command"
        case .failedToChangeWorkingDirectory: "its work folder is not there"
        default: error.underlyingError.map { "\($0)" } ?? "\(error)"
        }
    }
}

/// The processes a child started, as far as they stayed in its group.
final class ProcessGroup: Sendable {
    private let leader = Mutex<pid_t?>(nil)

    func isLed(by pid: pid_t) { leader.withLock { $0 = pid } }

    /// Kills whoever is left. The number of a group is not given to another process while the group has members; where
    /// it has none, this does nothing.
    func killAll() {
        guard let pid = leader.withLock({ $0 }), pid > 1 else { return }
        kill(-pid, SIGKILL)
    }
}
