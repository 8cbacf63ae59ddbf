internal import Archive
package import Domain
internal import Glibc
package import Logging
internal import Platform
package import Providers
internal import Redis
package import Settings
internal import Storage

/// Has each sink that is configured delivered to, by a task of its own; follows the configuration, and does what people
/// ask for by the command line.
package actor SinkKeeping {
    private let settings: LiveSettings
    private let host: String
    private let client: RedisClient
    private let handle: ArchiveHandle
    private let ownership: ArchiveOwnership
    private let report: HostReport
    private let calls: RemoteCalls
    private let bell: Bell
    private let logger: Logger
    private var deliveries: [SinkPolicy: (delivery: SinkDelivery, task: Task<Void, Never>, keys: [String])] = [:]
    private var complaint = ""

    /// - Parameter bell: rung when there may be something to hand on.
    package init(
        settings: LiveSettings, host: String, client: RedisClient, handle: ArchiveHandle, ownership: ArchiveOwnership,
        report: HostReport, calls: RemoteCalls, bell: Bell, logger: Logger
    ) {
        self.settings = settings
        self.host = host
        self.client = client
        self.handle = handle
        self.ownership = ownership
        self.report = report
        self.calls = calls
        self.bell = bell
        self.logger = logger
    }

    /// Until the task is cancelled; then it waits for all of them.
    package func run() async {
        while !Task.isCancelled {
            await follow()
            await obey()
            await tell()
            for running in deliveries.values { running.delivery.hurry() }
            await bell.wait(atMost: deliveries.isEmpty ? .seconds(10) : .seconds(5))
        }
        for running in deliveries.values { running.task.cancel() }
        for running in deliveries.values { await running.task.value }
    }

    /// By which it is seen that its key files were written.
    private static func keys(_ policy: SinkPolicy) -> [String] {
        [policy.apiKeyFile, policy.secretFile].map { path in
            guard !path.isEmpty, let status = try? Files.status(path) else { return "" }
            return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
                + " \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
        }
    }

    private func follow() async {
        let settings = settings.current, place = settings.configFolder + "/holdfast.json"
        do throws(ConfigurationError) {
            let wanted = try settings.sinks()
            // A key that was changed is another.
            for (policy, running) in deliveries where !wanted.contains(policy) || running.keys != Self.keys(policy) {
                running.task.cancel()
                await running.task.value
                deliveries[policy] = nil
            }
            var faults: [ConfigurationError] = []
            for policy in wanted where deliveries[policy] == nil {
                let sink: any Sink
                // Before it is read: written meanwhile, it is read again.
                let keys = Self.keys(policy)
                do throws(ConfigurationError) {
                    sink = try Sinks.open(policy, place: place)
                } catch {
                    // One whose key cannot be read keeps no other from its work.
                    faults.append(error)
                    continue
                }
                let gate = CircuitGate(
                    provider: policy.provider, keys: settings.keys, client: client, host: host, logger: logger,
                    onChange: { _ in })
                await gate.tryAnew()
                let delivery = SinkDelivery(
                    policy, sink: sink, gate: gate, settings: self.settings, handle: handle, ownership: ownership,
                    calls: calls, logger: logger)
                // Owned here: cancelled and waited for when its sink goes, or we do.
                deliveries[policy] = (delivery, Task { await delivery.run() }, keys)
            }
            if let fault = faults.first { throw fault }
            complaint = ""
        } catch {
            if complaint != "\(error)" { logger.error("a sink cannot be used: \(error)") }
            complaint = "\(error)"
        }
    }

    /// Asks the first graph that is configured.
    /// - Returns: what it knows; nil where none is configured.
    package func searchGraph(_ words: String, limit: Int) async throws(SinkFailure) -> (sink: String, [GraphFact])? {
        for (policy, running) in deliveries.sorted(by: { $0.key.name < $1.key.name }) {
            if let facts = try await running.delivery.search(words, limit: limit) { return (policy.name, facts) }
        }
        return nil
    }

    /// How each does, for the heartbeat.
    private func tell() async {
        var figures: [SinkFigures] = []
        if await ownership.isHeld {
            // One that cannot be opened gets nothing either.
            for policy in ((try? settings.current.sinks()) ?? []).sorted(by: { $0.name < $1.name }) {
                let delivery = deliveries[policy]?.delivery
                // What cannot be counted now is told with the next heartbeat.
                guard
                    let counts = try? await handle.use({ archive throws(ArchiveError) in
                        try archive.sinkCounts(policy.name)
                    })
                else { continue }
                var figure = SinkFigures(name: policy.name, circuit: await delivery?.circuit ?? .open)
                figure.take(counts, since: delivery?.beganMilliseconds ?? 0)
                figures.append(figure)
            }
        }
        await report.found(sinks: figures)
    }

    /// What people asked for: `holdfast sinks retry` and `backfill`.
    private func obey() async {
        guard await ownership.isHeld else { return }
        let folder = SinkRequests(settings.current.state)
        for (name, request) in folder.all {
            do {
                let count = try await handle.use { archive throws(ArchiveError) in
                    switch request.wish {
                    case .retry: try archive.retryDeliveries(of: request.sink)
                    case .backfill:
                        try archive.backfill(
                            request.sink, capturedSince: request.sinceMilliseconds,
                            nowMilliseconds: HostClock.wallMilliseconds)
                    }
                }
                folder.remove(name)
                if request.wish == .retry {
                    for (policy, running) in deliveries where policy.name == request.sink {
                        await running.delivery.tryAnew()
                    }
                }
                logger.notice(
                    "as a person asked: \(request.wish.rawValue)",
                    metadata: ["sink": "\(request.sink)", "count": "\(count)"])
            } catch {
                logger.warning("what a person asked of a sink waits: \(error)")
            }
        }
    }
}

extension SinkFigures {
    /// - Parameter since: when its delivery began, ms.
    fileprivate mutating func take(_ counts: SinkCounts, since: Int64) {
        (waiting, sent) = (Int64(counts.waiting), Int64(counts.sent))
        (done, dead) = (Int64(counts.done), Int64(counts.dead))
        oldestMilliseconds = counts.oldestMilliseconds
        stalledMilliseconds = counts.oldestMilliseconds.map { max($0, counts.lastDoneMilliseconds ?? 0, since) }
    }
}
