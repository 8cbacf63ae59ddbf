internal import Archive
package import Domain
internal import LanguageModel
package import Logging
internal import Redis
package import Storage

/// Makes memories of what is on the schedule: claim, call the model, store, complete. Only the archive's owner drains,
/// only while the circuit lets it, and no episode's trouble is another's.
package actor Drain {
    package struct Rules: Sendable {
        package var retry: RetryPolicy
        package var dailyTokenBudget: Int64
        /// US dollars per million tokens.
        package var inputPrice: Double
        package var outputPrice: Double

        package init(_ configuration: Configuration) {
            retry = configuration.retry
            dailyTokenBudget = configuration.dailyTokenBudget
            inputPrice = configuration.inputPrice
            outputPrice = configuration.outputPrice
        }
    }

    /// What a person should hear of.
    package enum Incident: Sendable {
        case dead(EpisodeID, FailureClass, message: String)
        case failed(FailureClass, message: String)
        case succeeded
        case budgetSpent(tokens: Int64)
        /// Their workers died or hung five times.
        case crashed([EpisodeID])
    }

    private let queue: EpisodeQueue
    private let client: RedisClient
    private let keeper: ArchiveKeeper
    private let owner: ArchiveOwner
    private let recovery: Recovery
    private let bell: Bell
    private let logger: Logger
    private let onIncident: @Sendable (Incident) async -> Void

    private var rules: Rules
    private var seat: ModelSeat?
    /// Counts seats: what was begun on an earlier one is given back, whatever came of it.
    private var seating = 0
    /// Refusals of that kind in a row, without a success on this seat before or between.
    private var refusals = 0
    private var hasSucceeded = false
    private var pace: Pace
    /// Leases on which work goes on, and the memories made that are not stored yet.
    private var held: [EpisodeID: Lease] = [:]
    private var made: [(lease: Lease, memory: StoredMemory?)] = []
    private let madeBell = Bell()
    private var claims: UInt64 = 0
    /// Set while an episode that must go alone waits for us to have nothing else in hand.
    private var isClearing = false
    private var lastCleared: ContinuousClock.Instant?
    private var spent: (day: String, tokens: Int64) = ("", 0)
    package private(set) var lastClaimMilliseconds: Int64 = 0

    package init(
        queue: EpisodeQueue, client: RedisClient, keeper: ArchiveKeeper, owner: ArchiveOwner,
        recovery: Recovery, rules: Rules, pace: Pace, bell: Bell, logger: Logger,
        onIncident: @escaping @Sendable (Incident) async -> Void
    ) {
        self.queue = queue
        self.client = client
        self.keeper = keeper
        self.owner = owner
        self.recovery = recovery
        self.rules = rules
        self.pace = pace
        self.bell = bell
        self.logger = logger
        self.onIncident = onIncident
    }

    package var heldCount: Int { held.count }
    package var hasSeat: Bool { seat != nil }

    /// Takes another provider, or none.
    /// - Parameters:
    ///   - rules: nil keeps those there are.
    ///   - pace: nil keeps the one there is.
    package func sit(_ seat: ModelSeat?, rules: Rules?, pace: Pace?) {
        self.seat = seat
        seating += 1
        refusals = 0
        hasSucceeded = false
        if let rules { self.rules = rules }
        if let pace { self.pace = pace }
        bell.ring()
    }

    /// The provider is back: one at a time, then faster.
    package func beginAnew() {
        pace.beginAnew()
        bell.ring()
    }

    /// Drains until the task is cancelled; then gives back at once what is in hand.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepLeases() }
            group.addTask { await self.storeWhatIsMade() }
            while !Task.isCancelled {
                let (leases, job, pause) = await next()
                if let job {
                    for lease in leases { group.addTask { await self.work(on: lease, job) } }
                }
                if pause > .zero { await bell.wait(atMost: pause) }
            }
            group.cancelAll()
        }
        await giveBackAll()
    }

    // MARK: - Claiming

    private static let longestPause: Duration = .seconds(30)

    /// With whom leases are worked on.
    private struct Job: Sendable {
        let seat: ModelSeat
        let seating: Int
        /// Leave to make the one call that tries whether the provider is back.
        let probe: CircuitGate.Permit?
    }

    /// - Returns: what to work on, with whom, and how long to wait before the next look.
    private func next() async -> ([Lease], Job?, Duration) {
        let seating = seating
        guard let seat, await owner.isOwner else { return ([], nil, .seconds(5)) }
        if isBudgetSpent { return ([], nil, Self.longestPause) }
        let room = pace.slots - held.count
        guard room > 0 else { return ([], nil, Self.longestPause) }
        guard !isClearing || held.isEmpty else { return ([], nil, Self.longestPause) }
        let now = HostClock.wallMilliseconds
        if pace.pausedUntilMilliseconds > now {
            return ([], nil, min(.milliseconds(pace.pausedUntilMilliseconds - now), Self.longestPause))
        }
        var probe: CircuitGate.Permit?
        switch await seat.gate.permit() {
        case .wait(let milliseconds):
            let pause = milliseconds.map { Duration.milliseconds(max(50, $0)) } ?? Self.longestPause
            return ([], nil, min(pause, Self.longestPause))
        case .call(let permit):
            if permit.isProbe { probe = permit }
        }
        do throws(RedisError) {
            var claim = try await claim(probe == nil ? room : 1)
            if claim.leases.isEmpty, probe != nil, claim.passedOver == 0 {
                // Nothing is due to try the provider with: something that waits for it will do.
                await recovery.releaseOne()
                claim = try await self.claim(1)
            }
            guard seating == self.seating else {
                // Another provider came meanwhile.
                if let probe { await seat.gate.gaveUp(probe) }
                for lease in claim.leases { await giveBack(lease) }
                return ([], nil, .zero)
            }
            guard !claim.leases.isEmpty else {
                if let probe { await seat.gate.gaveUp(probe) }
                return ([], nil, pause(after: claim))
            }
            pace.spaceOut(Int64(claim.leases.count), at: now)
            let job = Job(seat: seat, seating: seating, probe: probe)
            return (claim.leases, job, probe == nil && claim.leases.count == room ? .zero : pause(after: claim))
        } catch {
            if let probe { await seat.gate.gaveUp(probe) }
            logger.debug("nothing claimed: \(error)")
            return ([], nil, .seconds(1))
        }
    }

    private func claim(_ count: Int) async throws(RedisError) -> ClaimEpisodes.Claim {
        claims += 1
        let token = "\(owner.name):\(claims)", owner = owner.name, queue = queue, inHand = held.count
        var claim = try await client.use { connection throws(RedisError) in
            try connection.claim(count, from: queue, owner: owner, token: token, held: inHand)
        }
        // After an outage of Redis we may be handed what we work on already: the new lease stands for the old.
        let again = Set(claim.leases.map(\.id)).intersection(held.keys)
        for lease in claim.leases { held[lease.id] = lease }
        claim.leases.removeAll { again.contains($0.id) }
        if !claim.buried.isEmpty { await onIncident(.crashed(claim.buried)) }
        if !claim.leases.isEmpty { lastClaimMilliseconds = HostClock.wallMilliseconds }
        let clock = ContinuousClock()
        if claim.leases.contains(where: { $0.attempts >= 2 }) {
            // It is alone with us: nothing beside it.
            isClearing = true
            lastCleared = clock.now
        } else if claim.waitingAlone > 0, lastCleared.map({ clock.now - $0 > .seconds(30) }) ?? true {
            isClearing = true
        }
        return claim
    }

    private func pause(after claim: ClaimEpisodes.Claim) -> Duration {
        var pause = Self.longestPause
        if let wait = claim.waitMilliseconds { pause = min(pause, .milliseconds(wait)) }
        // What is not archived yet, or waits for us to have nothing else in hand: the bell will ring, or else in a second.
        if claim.passedOver > 0 || claim.waitingAlone > 0 { pause = min(pause, .seconds(1)) }
        return max(pause, .milliseconds(1))
    }

    // MARK: - Working

    private func work(on lease: Lease, _ job: Job) async {
        let id = lease.id, seat = job.seat
        do throws(ArchiveError) {
            let known = try await keeper.use { archive throws(ArchiveError) in try archive.memories(of: [id]) }
            if known.contains(id) {
                // Stored before its worker could say so.
                if let probe = job.probe { await seat.gate.gaveUp(probe) }
                return deliver(lease, nil)
            }
        } catch {
            // Not knowing whether it is paid for already, nobody is asked.
            if let probe = job.probe { await seat.gate.gaveUp(probe) }
            logger.warning("no memory is made while the archive cannot be read: \(error)")
            return await giveBack(lease, delayMilliseconds: 10_000)
        }
        var permit = job.probe
        if permit == nil {
            guard case .call(let leave) = await seat.gate.permit() else { return await giveBack(lease) }
            permit = leave
        }
        guard let permit else { return await giveBack(lease) }
        do throws(ModelFailure) {
            let result = try await seat.maker.make(of: lease)
            let now = HostClock.wallMilliseconds
            pace.succeeded(
                remaining: result.answer.remainingShare, resetsAfterSeconds: result.answer.resetsAfterSeconds, at: now)
            deliver(
                lease,
                StoredMemory(episode: id, memory: result.memory, maker: result.maker, madeMilliseconds: now))
            // Behind the delivery: a Redis that hangs must not keep from the archive what is paid for.
            hasSucceeded = true
            refusals = 0
            await seat.gate.succeeded(permit)
            await count(result.answer.inputTokens, result.answer.outputTokens, of: lease)
            await onIncident(.succeeded)
        } catch {
            await failed(lease, error, job, permit)
        }
    }

    private func failed(
        _ lease: Lease, _ failure: ModelFailure, _ job: Job, _ permit: CircuitGate.Permit
    ) async {
        var failure = failure
        let seat = job.seat
        if Task.isCancelled || job.seating != seating {
            await seat.gate.gaveUp(permit)
            return await giveBack(lease)
        }
        await count(failure.inputTokens, failure.outputTokens, of: lease)
        if failure.failureClass.category == .invalidRequest {
            refusals += 1
            // A wrong address or parameter would bury the whole queue, one episode after the other.
            failure.failureClass.isOfConfiguration = !hasSucceeded || refusals >= 3
        }
        await seat.gate.failed(permit, failure.failureClass, message: failure.message)
        pace.failed(failure.failureClass, at: HostClock.wallMilliseconds)
        logger.warning(
            "no memory made",
            metadata: [
                "episode": "\(lease.id)", "class": "\(failure.failureClass.category.rawValue)",
                "error": "\(failure.message)",
            ])
        var verdict = rules.retry.verdict(
            for: failure.failureClass, retryCount: lease.retryCount, random: Double.random(in: 0..<1))
        // The outage is to blame: a failed probe, or the call that opened the circuit, costs the episode nothing.
        if failure.failureClass.countsAgainstCircuit, await seat.gate.circuit.state != .closed {
            verdict = rules.retry.waiting(for: failure.failureClass, random: Double.random(in: 0..<1))
        }
        let queue = queue
        do throws(RedisError) {
            let now = held[lease.id] ?? lease
            _ = try await client.run(queue.failing(now, failure.failureClass, message: failure.message, verdict))
            held[lease.id] = nil
            madeRoom()
        } catch {
            // The lease runs out, and the episode is tried again.
            held[lease.id] = nil
            madeRoom()
            logger.error("a failure could not be noted: \(error)")
        }
        let note = EpisodeFailure(
            type: failure.failureClass.category.rawValue, message: failure.message,
            retryCount: Int(lease.retryCount) + (verdict.spendsRetry ? 1 : 0))
        let id = lease.id
        do throws(ArchiveError) {
            try await keeper.use { archive throws(ArchiveError) in try archive.noteFailure(note, of: id) }
        } catch {
            logger.debug("a failure is not in the archive: \(error)")
        }
        await onIncident(
            verdict == .dead
                ? .dead(lease.id, failure.failureClass, message: failure.message)
                : .failed(failure.failureClass, message: failure.message))
    }

    // MARK: - Storing

    private func deliver(_ lease: Lease, _ memory: StoredMemory?) {
        made.append((lease, memory))
        madeBell.ring()
    }

    /// Stores memories and completes their episodes, as many at once as there are. What cannot be stored now is kept, its
    /// lease extended, and tried again: the call is paid for.
    private func storeWhatIsMade() async {
        while true {
            let batch = Array(made.prefix(100))
            if batch.isEmpty {
                if Task.isCancelled { return }
                await madeBell.wait(atMost: .seconds(5))
                continue
            }
            do {
                let waiting = try await store(batch)
                made.removeFirst(batch.count)
                made += batch.filter { waiting.contains($0.lease.id) }
                for (lease, _) in batch where !waiting.contains(lease.id) { held[lease.id] = nil }
                madeRoom()
                if waiting.isEmpty { continue }
            } catch {
                logger.error("memories wait to be stored: \(error)")
                if case ArchiveError.rejected(let reason)? = error as? ArchiveError { await singleOut(batch, reason) }
            }
            if Task.isCancelled { return }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// - Returns: those that the archive does not know (it was lost, and is being made anew): their memories wait until it
    ///   has taken the episodes in.
    private func store(_ batch: [(lease: Lease, memory: StoredMemory?)]) async throws -> Set<EpisodeID> {
        let memories = batch.compactMap(\.memory)
        let before = batch.filter { $0.memory == nil }.map(\.lease.id)
        let unknown = try await keeper.use { archive throws(ArchiveError) in
            let outcomes = try archive.storeMemories(memories, nowMilliseconds: HostClock.wallMilliseconds)
            let strangers = zip(memories, outcomes).filter { $0.1 == .noSuchEpisode }.map(\.0.episode)
            return Set(strangers + Set(before).subtracting(try archive.memories(of: before)))
        }
        if !unknown.isEmpty { _ = try await client.run(queue.unarchiving(Array(unknown))) }
        let done = batch.filter { !unknown.contains($0.lease.id) }
        let states = try await client.run(
            queue.completing(
                done.map { .init($0.lease.id, token: held[$0.lease.id]?.token ?? $0.lease.token, outcome: .memory) }))
        let lost = states.filter { $0 != .held }.count
        if lost > 0 { logger.notice("episodes were finished by others", metadata: ["count": "\(lost)"]) }
        // What was thought to have a memory and has none is worked on again.
        for (lease, memory) in batch where memory == nil && unknown.contains(lease.id) {
            await giveBack(lease, delayMilliseconds: 10_000)
        }
        return unknown.subtracting(before)
    }

    /// One memory that the archive will not take must not keep the others from being stored.
    private func singleOut(_ batch: [(lease: Lease, memory: StoredMemory?)], _ reason: String) async {
        for item in batch {
            do {
                _ = try await store([item])
            } catch ArchiveError.rejected(let reason) {
                let failure = FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false)
                let verdict = rules.retry.verdict(for: failure, retryCount: item.lease.retryCount, random: 0.5)
                let lease = held[item.lease.id] ?? item.lease
                // Away, Redis lets the lease run out.
                _ = try? await client.run(queue.failing(lease, failure, message: reason, verdict))
            } catch {
                continue
            }
            held[item.lease.id] = nil
            made.removeAll { $0.lease.id == item.lease.id }
        }
        madeRoom()
    }

    private func madeRoom() {
        if held.isEmpty { isClearing = false }
        bell.ring()
    }

    // MARK: - Leases

    private func keepLeases() async {
        while true {
            do { try await Task.sleep(for: .milliseconds(Lease.lengthMilliseconds / 3)) } catch { return }
            let leases = Array(held.values)
            guard !leases.isEmpty else { continue }
            do throws(RedisError) {
                var states: [LeaseState] = []
                for start in stride(from: 0, to: leases.count, by: 100) {
                    let page = Array(leases[start..<min(leases.count, start + 100)])
                    states += try await client.run(queue.extending(page))
                }
                for (lease, state) in zip(leases, states) where state != .held {
                    logger.warning(
                        "a lease is not ours any more", metadata: ["episode": "\(lease.id)", "state": "\(state)"])
                }
            } catch {
                logger.debug("leases not extended: \(error)")
            }
        }
    }

    private func giveBack(_ lease: Lease, delayMilliseconds: Int64 = 0) async {
        let now = held.removeValue(forKey: lease.id) ?? lease
        do throws(RedisError) {
            _ = try await client.run(queue.givingBack([now], delayMilliseconds: delayMilliseconds))
        } catch {
            logger.debug("a lease was not given back and will run out: \(error)")
        }
        madeRoom()
    }

    /// What is in hand when the companion stops: stored if it is made, given back otherwise.
    private func giveBackAll() async {
        if !made.isEmpty {
            do {
                let batch = made
                _ = try await store(batch)
                made = []
                for (lease, _) in batch { held[lease.id] = nil }
            } catch {
                logger.error("memories could not be stored before the end: \(error)")
            }
        }
        let leases = Array(held.values)
        held = [:]
        for start in stride(from: 0, to: leases.count, by: 100) {
            let page = Array(leases[start..<min(leases.count, start + 100)])
            do throws(RedisError) {
                _ = try await client.run(queue.givingBack(page))
            } catch {
                logger.debug("leases were not given back and will run out: \(error)")
            }
        }
    }

    // MARK: - Budget

    private static var today: String { String(ISOTime.text(HostClock.wallMilliseconds).prefix(10)) }

    private var isBudgetSpent: Bool {
        rules.dailyTokenBudget > 0 && spent.day == Self.today && spent.tokens >= rules.dailyTokenBudget
    }

    private func count(_ input: Int64, _ output: Int64, of lease: Lease) async {
        guard input + output > 0 else { return }
        let cost = Double(input) * rules.inputPrice + Double(output) * rules.outputPrice
        let agent = lease.dispatchKey.split(separator: "/").first.map(String.init) ?? "default"
        do throws(RedisError) {
            let tokens = try await client.run(
                queue.spending(
                    agent: lease.dispatchKey.hasPrefix("dir:") ? "default" : agent, input: input, output: output,
                    microDollars: Int64(cost)))
            let wasSpent = isBudgetSpent
            spent = (Self.today, tokens)
            guard isBudgetSpent, !wasSpent else { return }
            logger.warning(
                "the day's token budget is spent; memories wait until midnight UTC",
                metadata: ["tokens": "\(tokens)", "budget": "\(rules.dailyTokenBudget)"])
            await onIncident(.budgetSpent(tokens: tokens))
        } catch {
            logger.debug("tokens not counted: \(error)")
        }
    }

    /// What was spent today by all who drained this pool; asked when the drain begins.
    package func learnWhatIsSpent() async {
        do throws(RedisError) {
            let day = Self.today
            let text = try await client.send(["HGET", queue.keys.day(day), "tokens"]).text
            spent = (day, text.flatMap { Int64($0) } ?? 0)
        } catch {
            logger.debug("what was spent today is not known: \(error)")
        }
    }
}
