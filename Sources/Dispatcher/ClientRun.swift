internal import Domain
internal import Glibc
internal import Platform
internal import Storage
internal import Transcripts

/// The client could not be executed.
package struct ClientNotStarted: Error, CustomStringConvertible {
    let reason: FileError

    /// As a shell reports it.
    package var exitCode: Int32 { reason.isMissing ? 127 : 126 }
    package var description: String { "cannot run \(reason); is it on PATH?" }
}

/// One run of the client: streams relayed where an attempt must be watched and inherited elsewhere, signals forwarded,
/// the lock renewed, the child never left behind.
struct ClientRun {
    struct Outcome {
        var exitCode: Int32
        /// We were told to end it: no fresh start follows.
        var wasSignalled: Bool
        /// Its output came through us.
        var sawText: Bool
        /// It printed something that a failed attempt does not.
        var isDecided: Bool
        var ending: AttemptGate.Ending

        /// Passes on what was held back. A reader that went away does not want it.
        func passOn() {
            try? Files.write(ending.output[...], to: STDOUT_FILENO, named: "stdout")
            passOnError()
        }

        func passOnError() {
            try? Files.write(ending.error[...], to: STDERR_FILENO, named: "stderr")
        }
    }

    private let command: ClientCommand
    private let session: SessionID?
    private let input: StandardInput
    private let isGated: Bool
    private let registry: RegistryLink
    private var gate = AttemptGate(TranscriptSources.standard.client.resumeFailure)

    private var child: SpawnedProcess?
    private var leadsGroup = false
    private var prompt: Channel?
    private var output: Channel?
    private var error: Channel?
    private var wasSignalled = false
    private var exitCode: Int32?
    /// We were told to end while a slow reader still had to take the client's last words.
    private var isAbandoned = false

    /// - Parameter session: what to resume; then this is only an attempt, to be watched.
    init(_ command: ClientCommand, resuming session: SessionID?, _ input: StandardInput, _ registry: RegistryLink) {
        self.command = command
        self.session = session
        self.input = input
        isGated = session != nil
        self.registry = registry
    }

    /// - Parameter locks: the file locks of key and session, which the guard holds too.
    /// - Throws: `ClientNotStarted`, `FileError`.
    consuming func run(holding locks: [Int32]) throws -> Outcome {
        var run = self
        let signals = try ForwardedSignals()
        let child = try run.start()
        run.child = child
        let guardian = Guardian(of: child, leadsGroup: run.leadsGroup, holding: locks)
        run.relay(signals)
        guardian.dismiss()
        let ending = run.gate.finish()
        return Outcome(
            exitCode: run.exitCode ?? 1, wasSignalled: run.wasSignalled,
            sawText: run.output != nil && run.error != nil, isDecided: run.gate.isDecided, ending: ending)
    }

    // MARK: - Starting

    private mutating func start() throws -> SpawnedProcess {
        // With a terminal the client must stay in its foreground group, or reading from it would stop it.
        leadsGroup = !(0...2).contains { isatty($0) == 1 }
        var options = SpawnedProcess.Options()
        options.leadsGroup = leadsGroup
        options.deathSignal = SIGKILL
        if let source = input.source {
            let pipe = try Pipe()
            options.standardInput = pipe.reading
            prompt = .toClient(from: source, pipe: pipe.writing)
        }
        if isGated {
            output = try watched(STDOUT_FILENO, &options.standardOutput)
            error = try watched(STDERR_FILENO, &options.standardError)
        }
        defer {
            for theirs in [options.standardInput, options.standardOutput, options.standardError] {
                if let theirs { close(theirs) }
            }
        }
        do {
            return try command.start(resuming: session, options)
        } catch let error as FileError {
            throw ClientNotStarted(reason: error)
        }
    }

    /// A terminal is the client's own where it draws on it; one that only prints is heard there, too.
    private func watched(_ stream: Int32, _ end: inout Int32?) throws(FileError) -> Channel? {
        guard command.onlyPrints || isatty(stream) == 0 else { return nil }
        let pipe = try Pipe()
        end = pipe.writing
        return .fromClient(pipe: pipe.reading, to: stream)
    }

    // MARK: - Relaying

    /// Ends when the client has ended and what it wrote has been passed on.
    private mutating func relay(_ signals: borrowing ForwardedSignals) {
        let clock = ContinuousClock()
        let renewal = Duration.milliseconds(DispatchLock.lifetimeMilliseconds / 3)
        var nextRenewal = clock.now + renewal
        while true {
            let isRunning = exitCode == nil
            guard isRunning || !(output?.isDone ?? true) || !(error?.isDone ?? true), !isAbandoned else { return }
            let interests = [isRunning ? prompt?.interest : nil, output?.interest, error?.interest]
            var polled = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
            polled += interests.compactMap { $0 }
            let count = unsafe poll(&polled, nfds_t(polled.count), 1000)
            if clock.now >= nextRenewal {
                registry.renewLocks()
                nextRenewal = clock.now + renewal
            }
            guard count > 0 else { continue }
            if polled[0].revents != 0 { handleSignals(signals) }
            var ready = polled.dropFirst().makeIterator()
            for (stream, interest) in interests.enumerated() where interest != nil {
                if let next = ready.next(), next.revents != 0 { advance(stream) }
            }
        }
    }

    private mutating func advance(_ stream: Int) {
        switch stream {
        case 0: advancePrompt()
        case 1: output = output.map { advanced($0) { gate, bytes in gate.output(bytes) } }
        default: error = error.map { advanced($0) { gate, bytes in gate.error(bytes) } }
        }
    }

    private mutating func advancePrompt() {
        guard var channel = prompt else { return }
        defer { prompt = channel }
        if channel.isWriting { return channel.write() }
        if let bytes = channel.read() {
            input.keep(bytes)
            channel.pass(bytes)
        } else if input.reachedEnd(), let next = input.source {
            channel.goOn(from: next)
        } else {
            channel.end()
        }
    }

    private mutating func advanced(_ channel: Channel, through: (inout AttemptGate, ArraySlice<UInt8>) -> [UInt8])
        -> Channel
    {
        var channel = channel
        if channel.isWriting {
            channel.write()
        } else if let bytes = channel.read() {
            channel.pass(through(&gate, bytes[...]))
            if gate.isDecided { input.forget() }
        } else {
            channel.end()
        }
        return channel
    }

    private mutating func handleSignals(_ signals: borrowing ForwardedSignals) {
        while let signal = signals.next() {
            if signal.number == SIGCHLD {
                reap()
            } else if exitCode == nil {
                wasSignalled = wasSignalled || Self.ending.contains(signal.number)
                // A terminal's Ctrl-C has reached a client of our own group already.
                if leadsGroup || !signal.isFromTerminal { child?.send(signal.number) }
            } else if Self.ending.contains(signal.number) {
                isAbandoned = true
            }
        }
    }

    private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    private mutating func reap() {
        guard exitCode == nil, let code = child?.exitCodeIfEnded() else { return }
        exitCode = code
        output?.limitToWhatIsThere()
        error?.limitToWhatIsThere()
    }
}
