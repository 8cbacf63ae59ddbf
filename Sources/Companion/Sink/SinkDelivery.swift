internal import Archive
internal import Domain
internal import Logging
internal import Platform
internal import Providers
internal import Redis
internal import Settings
internal import Storage

/// Hands on to one sink what is made, in order, with a circuit, a retry schedule and dead letters of its own: its outage is
/// nobody else's.
actor SinkDelivery {
    private let policy: SinkPolicy
    private let sink: any Sink
    private let gate: CircuitGate
    private let settings: LiveSettings
    private let handle: ArchiveHandle
    private let ownership: ArchiveOwnership
    private let calls: RemoteCalls
    private let logger: Logger
    private let bell = Bell()
    /// From when on a sink that is new gets what is made: since it was configured, whenever the archive could be asked.
    let beganMilliseconds = HostClock.wallMilliseconds

    init(
        _ policy: SinkPolicy, sink: any Sink, gate: CircuitGate, settings: LiveSettings, handle: ArchiveHandle,
        ownership: ArchiveOwnership, calls: RemoteCalls, logger: Logger
    ) {
        self.policy = policy
        self.sink = sink
        self.gate = gate
        self.settings = settings
        self.handle = handle
        self.ownership = ownership
        self.calls = calls
        self.logger = logger
    }

    nonisolated func hurry() { bell.ring() }

    /// - Returns: nil where it is no graph.
    func search(_ words: String, limit: Int) async throws(SinkFailure) -> [GraphFact]? {
        guard let graph = sink as? any GraphSearching else { return nil }
        return try await graph.search(words, limit: limit)
    }

    var circuit: Circuit.State { get async { await gate.circuit.state } }

    /// A person says that it works again, as after a key was changed.
    func tryAnew() async {
        await gate.tryAnew()
        bell.ring()
    }

    private static let rest: Duration = .seconds(60)
    /// How often it is looked whether it is there.
    private static let look: Duration = .seconds(2)

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let pause = await round()
            await bell.wait(atMost: pause)
        }
        await sink.shutdown()
    }

    /// - Returns: when to look again.
    private func round() async -> Duration {
        guard await ownership.isHeld else { return .seconds(5) }
        let name = policy.name, began = beganMilliseconds
        do {
            _ = try await handle.use { archive throws(ArchiveError) in
                try archive.enqueue(for: name, nowMilliseconds: began)
            }
            while !Task.isCancelled {
                let next = try await handle.use { archive throws(ArchiveError) in try archive.nextDelivery(of: name) }
                guard let item = next else { return Self.rest }
                let pause = item.standing.pause(at: HostClock.wallMilliseconds)
                if pause > 0 { return min(.milliseconds(pause), Self.rest) }
                guard case .call(let permit) = await gate.permit() else { return .seconds(5) }
                if let pause = try await attempt(item, permit) { return pause }
            }
            return .seconds(1)
        } catch {
            logger.debug("a sink waits for the archive", metadata: ["sink": "\(name)", "error": "\(error)"])
            return .seconds(10)
        }
    }

    /// - Returns: how long to wait before the next; nil for at once.
    private func attempt(_ item: SinkItem, _ permit: CircuitGate.Permit) async throws -> Duration? {
        var standing = item.standing
        let step = standing.step(confirms: sink.confirms, at: HostClock.wallMilliseconds)
        if step != .handOver {
            switch await called({ () throws(SinkFailure) in try await sink.confirm(item) }) {
            case .failure(let failure): return try await failed(failure, standing, of: item, at: step, permit)
            case .success(true): return try await succeeded(item, permit)
            case .success(false) where step == .look:
                await gate.succeeded(permit)
                return Self.look
            case .success(false) where step == .lookAndGiveUp:
                await gate.succeeded(permit)
                try await keep(
                    standing.givenUp("it was handed over again and again, and is never seen there"), of: item)
                return nil
            case .success(false): break
            }
        }
        if sink.confirms {
            standing = standing.sent(at: HostClock.wallMilliseconds)
            try await keep(standing, of: item)
        }
        switch await called({ () throws(SinkFailure) in try await sink.deliver(item) }) {
        case .failure(let failure): return try await failed(failure, standing, of: item, at: .handOver, permit)
        case .success(true): return try await succeeded(item, permit)
        case .success(false):
            await gate.succeeded(permit)
            return Self.look
        }
    }

    private func called(
        _ call: () async throws(SinkFailure) -> Bool
    ) async -> Result<Bool, SinkFailure> {
        let start = ContinuousClock().now, provider = policy.provider.name
        do throws(SinkFailure) {
            let isThere = try await call()
            calls.called(provider, took: ContinuousClock().now - start, isWatched: false)
            return .success(isThere)
        } catch {
            if !Task.isCancelled {
                calls.called(
                    provider, took: ContinuousClock().now - start,
                    failure: ToolErrorClass(error.failureClass.category), isWatched: false)
            }
            return .failure(error)
        }
    }

    private func succeeded(_ item: SinkItem, _ permit: CircuitGate.Permit) async throws -> Duration? {
        await gate.succeeded(permit)
        try await keep(item.standing.delivered(), of: item)
        return nil
    }

    /// - Parameters:
    ///   - standing: with what was handed over; the item's is that from before.
    ///   - step: what failed: to hand it over, or to look, and why one looked.
    private func failed(
        _ failure: SinkFailure, _ standing: SinkStanding, of item: SinkItem, at step: SinkStanding.Step,
        _ permit: CircuitGate.Permit
    ) async throws -> Duration? {
        if Task.isCancelled {
            await gate.gaveUp(permit)
            return .zero
        }
        await gate.failed(permit, failure.failureClass, message: failure.description)
        logger.warning(
            "not handed on",
            metadata: ["sink": "\(policy.name)", "episode": "\(item.episode)", "error": "\(failure)"])
        let now = HostClock.wallMilliseconds, reason = failure.description
        let verdict = settings.current.configuration.retry.verdict(
            for: failure.failureClass, retryCount: item.standing.attempts, random: .random(in: 0..<1))
        // While its circuit is not closed it is the outage that is to blame, and nothing is given up.
        let isOutage = await gate.circuit.state != .closed
        var due = now + (isOutage ? 5000 : verdict.pause ?? 0)
        // Who refuses to be asked has refused nothing that was handed over.
        if step != .handOver || sink.confirms && !failure.isRefusal {
            // It may be there: it is looked for, and not handed over again before its time.
            due = now + max(5000, failure.failureClass.retryAfterMilliseconds)
            let costs = !isOutage && (step == .lookAndHandOver || step == .lookAndGiveUp)
            try await keep(standing.unseen(reason, until: due, costs: costs), of: item)
        } else if !isOutage, verdict.pause == nil {
            try await keep(item.standing.givenUp(reason), of: item)
            return nil
        } else {
            var costs = !isOutage
            if case .wait = verdict { costs = false }
            try await keep(item.standing.refused(reason, until: due, costs: costs), of: item)
        }
        return min(.milliseconds(max(1, due - now)), Self.rest)
    }

    private func keep(_ standing: SinkStanding, of item: SinkItem) async throws {
        let name = policy.name
        try await handle.use { archive throws(ArchiveError) in
            try archive.keep(standing, of: item, in: name, nowMilliseconds: HostClock.wallMilliseconds)
        }
    }
}
