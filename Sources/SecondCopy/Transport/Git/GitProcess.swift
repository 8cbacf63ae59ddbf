internal import Domain
internal import Glibc
internal import Platform
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// One run of a program in a session of its own, which ends with everything it started.
struct GitProcess: Sendable {
    struct Outcome: Sendable {
        var output: [UInt8]
        /// The beginning of what it wrote to stderr.
        var error: String
        /// nil when a signal ended it.
        var code: Int32?
    }

    enum Failure: Error, Sendable {
        case notThere
        case cannotStart(String)
        case tooMuch
        case tooLong(Duration)
        case cancelled
    }

    var command: String
    var arguments: [String]
    var environment: [String: String]
    var input: [UInt8] = []
    var mostOutputBytes: Int

    private static let mostErrorBytes = 64 << 10

    /// - Returns: soon after the deadline at the latest, all processes of the group dead.
    func run(deadline: Duration) async throws(Failure) -> Outcome {
        let group = ProcessGroup()
        let outcome = await withTaskGroup(of: Result<Outcome, Failure>?.self) { tasks in
            tasks.addTask { await run(in: group) }
            tasks.addTask {
                // It ends early by cancellation only, and then the time is over as well.
                try? await Task.sleep(for: deadline)
                return nil
            }
            let first = await tasks.next() ?? nil
            // Before it is waited for: git gives way to no gentler word while a helper of its hangs.
            group.killAll()
            tasks.cancelAll()
            return first
        }
        if Task.isCancelled { throw .cancelled }
        guard let outcome else { throw .tooLong(deadline) }
        return try outcome.get()
    }

    private func run(in group: ProcessGroup) async -> Result<Outcome, Failure> {
        do {
            return .success(try await start(in: group))
        } catch let failure as Failure {
            return .failure(failure)
        } catch let error as SubprocessError {
            if error.code == .executableNotFound { return .failure(.notThere) }
            return .failure(.cannotStart(error.underlyingError.map { "\($0)" } ?? "\(error)"))
        } catch {
            return .failure(.cannotStart("\(error)"))
        }
    }

    private func start(in group: ProcessGroup) async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        let most = mostOutputBytes
        let result = try await Subprocess.run(
            command.contains("/") ? .path(FilePath(command)) : .name(command), arguments: Arguments(arguments),
            environment: .custom(variables), workingDirectory: FilePath("/"), platformOptions: options,
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
            return FileDescriptor(rawValue: try MemoryFile.make(holding: input[...]))
        } catch {
            throw Failure.cannotStart("no room for its input (\(error))")
        }
    }

    private static func all(of stream: SubprocessOutputSequence, atMost limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in stream {
            guard bytes.count + chunk.count <= limit else { throw Failure.tooMuch }
            unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    private static func beginning(of stream: SubprocessOutputSequence) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in stream where bytes.count < mostErrorBytes {
            unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return String(decoding: bytes.prefix(mostErrorBytes), as: UTF8.self)
    }
}

/// The processes a child started, as far as they stayed in its group.
private final class ProcessGroup: Sendable {
    private struct State {
        var leader: pid_t?
        var isOver = false
    }

    private let state = Mutex(State())

    func isLed(by pid: pid_t) {
        let isOver = state.withLock { state in
            state.leader = pid
            return state.isOver
        }
        if isOver { killAll() }
    }

    /// Kills whoever is left, and who comes to lead it later. The number of a group is not given to another process while
    /// the group has members; where it has none, this does nothing.
    func killAll() {
        let leader = state.withLock { state in
            state.isOver = true
            return state.leader
        }
        guard let leader, leader > 1 else { return }
        kill(-leader, SIGKILL)
    }
}
