internal import Archive
internal import Domain
internal import Glibc
internal import LanguageModel
package import Logging
internal import Platform
internal import Providers
internal import Redaction
package import Settings
internal import Storage

/// Keeps the drain supplied with the provider that the configuration names now, and watches its health. A changed
/// configuration takes effect without a restart.
package actor ProviderSupervisor {
    private let settings: LiveSettings
    private let host: String
    private let client: RedisClient
    private let drain: Drain
    private let recovery: Recovery
    private let bell: Bell
    private let calls: RemoteCalls
    private let logger: Logger
    private let onCircuit: @Sendable (CircuitGate.Event) async -> Void
    /// Told why the provider cannot be used; of an empty text when it can.
    private let onComplaint: @Sendable (String) async -> Void

    /// What the model in use was made of: nil while there is none to speak of. All else is asked when it is needed, so that
    /// its change interrupts nothing.
    private var current: (section: ProviderConfiguration, endpoint: ProviderEndpoint, prompts: PromptMarks)?
    /// The circuit is closed, and what waited for that is not all due yet.
    private var mustRelease = false
    private var handle: ProviderHandle?
    private var gate: CircuitGate?
    private var complaint = ""
    private var failedChecks = 0
    private var nextCheck: ContinuousClock.Instant?

    /// Whether episodes are to get memories: a provider is configured, if perhaps not usable now.
    package private(set) var wantsMemories: Bool

    package init(
        settings: LiveSettings, host: String, client: RedisClient, drain: Drain, recovery: Recovery, bell: Bell,
        calls: RemoteCalls, logger: Logger,
        onCircuit: @escaping @Sendable (CircuitGate.Event) async -> Void,
        onComplaint: @escaping @Sendable (String) async -> Void
    ) {
        self.settings = settings
        wantsMemories = settings.current.configuration.provider.kind != .none
        self.host = host
        self.client = client
        self.drain = drain
        self.recovery = recovery
        self.bell = bell
        self.calls = calls
        self.logger = logger
        self.onCircuit = onCircuit
        self.onComplaint = onComplaint
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "provider") { [self] in
            await look()
            return .seconds(2)
        }
    }

    package func close() async {
        await withdraw()
    }

    /// Calls under way are given back by the drain.
    private func withdraw() async {
        await drain.use(nil, pace: nil)
        await handle?.shutdown()
        handle = nil
        gate = nil
    }

    /// One look at the configuration, and, when it is time, at the provider.
    package func look() async {
        await followConfiguration()
        await onComplaint(complaint)
        await check()
        if mustRelease, await recovery.release() { mustRelease = false }
    }

    // MARK: - Configuration

    private func followConfiguration() async {
        do throws(ConfigurationError) {
            let settings = try settings.understood()
            let configuration = settings.configuration
            let endpoint = try ProviderEndpoint(settings)
            let prompts = PromptMarks(folder: PromptShelf.folder(settings))
            complaint = ""
            if let current, current == (configuration.provider, endpoint, prompts) {
                return await drain.allow(
                    concurrency: Int(configuration.concurrency), callsPerMinute: configuration.callsPerMinute)
            }
            try await take(settings, endpoint, prompts)
            current = (configuration.provider, endpoint, prompts)
        } catch {
            guard complaint != "\(error)" else { return }
            // As it says: what was understood before is not what the person wants now.
            current = nil
            await withdraw()
            complaint = "\(error)"
            logger.error("no memories until the configuration is mended: \(error)")
            // What is not understood must not be taken for a wish to do without memories.
            wantsMemories = true
        }
    }

    private func take(
        _ settings: Settings, _ provider: ProviderEndpoint, _ prompts: PromptMarks
    ) async throws(ConfigurationError) {
        let isFirst = current == nil
        current = nil
        let configuration = settings.configuration
        await withdraw()
        wantsMemories = configuration.provider.kind != .none
        guard wantsMemories else { return bell.ring() }
        let library = try PromptShelf(settings)
        let folder = settings.state.path + "/claude-cli"
        let opened = try ProviderHandle.open(
            provider, folder: folder, environment: settings.environment,
            place: settings.configFolder + "/holdfast.json", redactor: configuration.redactor)
        guard let opened = opened?.watched(by: { WatchedProvider(inner: $0, calls: calls) }) else { return }
        do throws(FileError) {
            try Files.makeFolder(folder)
        } catch {
            logger.error("\(error)")
        }
        handle = opened
        let maker = ModelMemoryMaking(handle: opened, prompts: library, settings: self.settings)
        let gate = CircuitGate(
            provider: maker.provider, keys: settings.keys, client: client, host: host, logger: logger,
            onChange: { [weak self, onCircuit] event in
                if case .closed = event.change { await self?.recovered() }
                await onCircuit(event)
            }, onLift: { [weak self] in await self?.lifted() })
        self.gate = gate
        // A person changed something, or started us: what only a person mends is tried anew, once.
        await gate.tryAnew()
        let circuit = await gate.look()
        // It may have closed while nobody was there to make due what waited for it.
        mustRelease = circuit.state == .closed
        await drain.learnWhatIsSpent()
        await drain.use(
            ModelInUse(maker: maker, gate: gate),
            pace: Pace(
                concurrency: Int(configuration.concurrency), callsPerMinute: configuration.callsPerMinute,
                isCareful: circuit.state != .closed))
        logger.notice(
            isFirst ? "memories are made" : "the provider's configuration changed",
            metadata: ["provider": "\(maker.provider)", "model": "\(configuration.provider.model)"])
        failedChecks = 0
        nextCheck = nil
        bell.ring()
    }

    /// The provider is back.
    private func recovered() async {
        await drain.beginAnew()
        mustRelease = !(await recovery.release())
        bell.ring()
    }

    /// It is called again before the time that it named.
    private func lifted() async {
        mustRelease = !(await recovery.release())
        bell.ring()
    }

    // MARK: - Health

    /// While down the checks come less and less often: 5 s, 10 s, 20 s … 5 min.
    private var checkInterval: Duration {
        let standard = Duration.seconds(settings.current.configuration.healthCheckIntervalSeconds)
        guard failedChecks > 0 else { return standard }
        return min(.seconds(5 << min(failedChecks - 1, 6)), max(standard, .seconds(300)))
    }

    private func check() async {
        guard let handle, let gate else { return }
        let clock = ContinuousClock()
        if let nextCheck, clock.now < nextCheck { return }
        do throws(ModelFailure) {
            try await handle.provider.check(deadline: .seconds(10))
            failedChecks = 0
            await gate.checkedWell()
        } catch {
            failedChecks += 1
            await gate.checkedBadly(message: error.message)
        }
        // A check that Redis has not heard of, nobody has: it is made again soon.
        nextCheck = clock.now + (await gate.isTold ? checkInterval : min(checkInterval, .seconds(5)))
    }
}

/// What tells that a person has changed a template.
struct PromptMarks: Equatable {
    private var marks: [String: Int64] = [:]

    init(folder: String) {
        let names = PromptLibrary.File.allCases.map(\.rawValue)
        let ofProjects = PromptShelf.projects(folder).flatMap { project in names.map { "projects/\(project)/\($0)" } }
        for file in names + ofProjects {
            guard let status = try? Files.status(folder + "/" + file) else { continue }
            marks[file] = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        }
    }
}
