package import Domain
internal import Glibc
package import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// Runs a command by the policy of its tool: again after a pause where it fails, never past a deadline, and not at all while
/// the tool is known to be unavailable. What became of each try is recorded for everybody who calls the tool.
package struct ToolRetry: ~Copyable {
    package struct Wish: Sendable {
        package var tool: ToolName
        package var command: [String]
        /// What is said where it is given up; nil for that of the policy.
        package var fallback: String?
        /// For all tries and pauses together, and for one try; nil sets no end.
        package var deadline: Duration?
        package var timeout: Duration?

        package init(
            tool: ToolName, command: [String], fallback: String? = nil, deadline: Duration? = nil,
            timeout: Duration? = nil
        ) {
            self.tool = tool
            self.command = command
            self.fallback = fallback
            self.deadline = deadline
            self.timeout = timeout
        }
    }

    private let wish: Wish
    private let calls: ToolCalls
    private let folder: String
    private let environment: [String: String]
    private let input: TryInput
    private let signals: ForwardedSignals
    private let start = ContinuousClock().now

    /// - Throws: `Failure`, `ConfigurationError`, `FileError`.
    package init(_ wish: Wish, _ place: Workplace) throws {
        let calls = try ToolCalls(place, of: wish.tool), folder = place.settings.state.path
        let input = try TryInput(in: folder)
        // After the input, for which a person may be waited: who is told to end meanwhile ends.
        let signals = try ForwardedSignals()
        self.wish = wish
        self.calls = calls
        self.folder = folder
        environment = place.settings.environment
        self.input = input
        self.signals = signals
    }

    private enum End {
        case ended(code: Int32)
        case timedOut
        /// This process was told to end.
        case stopped(signal: Int32)
    }

    /// - Returns: the exit code: the command's; 75 where it was given up, with the fallback written.
    package consuming func run() throws -> Int32 {
        var retry: Int64 = 0
        while true {
            guard calls.mayCall() else { return try giveUp(nil) }
            let output = try TryOutput(in: folder)
            switch try attempt(output) {
            case .ended(0):
                try output.pass()
                return 0
            // Nobody can run it: another try cannot either.
            case .ended(let code) where code == 126 || code == 127:
                try output.pass()
                return code
            case .stopped(let signal): return 128 + signal
            case .ended, .timedOut:
                retry += 1
                guard let pause = calls.policy.delay(before: retry, random: .random(in: 0..<1)), hasTime(for: pause)
                else { return try giveUp(output) }
                if let signal = wait(.milliseconds(pause)) { return 128 + signal }
            }
        }
    }

    /// A pause that ends at the deadline would leave no time to try.
    private func hasTime(for pause: Int64) -> Bool {
        wish.deadline.map { ContinuousClock().now - start + .milliseconds(pause) < $0 } ?? true
    }

    private var limit: Duration {
        let left = wish.deadline.map { $0 - (ContinuousClock().now - start) }
        return [left, wish.timeout].compactMap { $0 }.min() ?? .seconds(1 << 32)
    }

    /// Waits, or until this process is told to end.
    /// - Returns: by which signal.
    private func wait(_ time: Duration) -> Int32? {
        let watch = Stopwatch(limit: time)
        repeat {
            while let signal = signals.next() {
                if signal.number != SIGCHLD { return signal.number }
            }
            usleep(5000)
        } while !watch.isOver
        return nil
    }

    private func attempt(_ output: TryOutput) throws -> End {
        let watch = Stopwatch(limit: limit), reader = try input.reader()
        defer { close(reader) }
        var options = SpawnedProcess.Options()
        options.standardInput = reader
        (options.standardOutput, options.standardError) = (output.output.descriptor, output.errors.descriptor)
        options.leadsGroup = true
        let process: SpawnedProcess
        do throws(FileError) {
            process = try SpawnedProcess(wish.command, environment: environment, options)
        } catch {
            throw Failure(.usage, "'\(wish.command[0])' cannot be run: \(error)")
        }
        let guardian = Guardian(of: process, leadsGroup: true, holding: [])
        let end = follow(process, watch)
        guardian.dismiss()
        switch end {
        case .ended(0): calls.tell(nil, "", took: watch.elapsed)
        case .ended: calls.tell(ToolErrorClass(of: output.words), output.words, took: watch.elapsed)
        case .timedOut: calls.tell(.timeout, output.words, took: watch.elapsed)
        case .stopped: break
        }
        return end
    }

    private func follow(_ process: SpawnedProcess, _ watch: Stopwatch) -> End {
        while true {
            if let code = process.exitCodeIfEnded() { return .ended(code: code) }
            if let signal = wait(.zero) {
                stop(process, by: signal)
                return .stopped(signal: signal)
            }
            if watch.isOver {
                stop(process, by: SIGTERM)
                return .timedOut
            }
        }
    }

    /// Gently first; what it started goes with it.
    private func stop(_ process: SpawnedProcess, by signal: Int32) {
        process.send(signal)
        let patience = Stopwatch(limit: .seconds(5))
        while process.exitCodeIfEnded() == nil {
            if patience.isOver { process.send(SIGKILL) }
            usleep(10_000)
        }
        process.send(SIGKILL)
    }

    private func giveUp(_ output: TryOutput?) throws -> Int32 {
        try output?.passErrors()
        let text = calls.fallback(wish.fallback)
        try Files.write(
            Array((text.hasSuffix("\n") ? text : text + "\n").utf8)[...], to: STDOUT_FILENO, named: "stdout")
        return Failure.Code.busy.rawValue
    }
}
