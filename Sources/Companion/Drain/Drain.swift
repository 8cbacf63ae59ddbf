internal import Archive
package import Domain
internal import LanguageModel
package import Logging
internal import Platform
internal import Redis
package import Settings
package import Storage

/// Makes memories of what is on the schedule: claim, call the model, store, complete. Only the archive's owner drains,
/// only while the circuit lets it, and no episode's trouble is another's.
package actor Drain {
    /// What a person should hear of.
    package enum Incident: Sendable {
        case dead(EpisodeID, FailureClass, message: String)
        case failed(FailureClass, message: String)
        case succeeded
        case budgetSpent(tokens: Int64)
        /// Their workers died or hung five times.
        case crashed([EpisodeID])
    }

    let queue: EpisodeQueue
    let client: RedisClient
    let handle: ArchiveHandle
    let ownership: ArchiveOwnership
    let recovery: Recovery
    let longTexts: LongTexts
    let bell: Bell
    let logger: Logger
    let onIncident: @Sendable (Incident) async -> Void
    /// Rung when memories were stored.
    let storedBells: [Bell]

    private let settings: LiveSettings
    var model: ModelInUse?
    /// Counts the models in use: what was begun on an earlier one is given back, whatever came of it.
    var modelNumber = 0
    /// What failed in a row, without a success of this model between.
    var streak = FailureStreak()
    var hasSucceeded = false
    var pace: Pace
    /// Leases on which work goes on, and the memories made that are not stored yet.
    var held: [EpisodeID: Lease] = [:]
    var made: [(lease: Lease, memory: StoredMemory?)] = []
    let madeBell = Bell()
    /// Texts that a model sums up now, and those of which no usable answer came: nobody pays for them again, as long as we run.
    var textsAsked: Set<String> = []
    var textsUntold: Set<String> = []
    /// What is being forgotten now, and the leases on what was begun of it: nothing that is made of that is stored.
    var beingForgotten: Forgotten?
    var voided: Set<String> = []
    var claims: UInt64 = 0
    /// Set while an episode that must go alone waits for us to have nothing else in hand.
    var isClearing = false
    var lastCleared: ContinuousClock.Instant?
    var spent: (day: String, tokens: Int64) = ("", 0)
    package private(set) var lastClaimMilliseconds: Int64 = 0

    package init(
        queue: EpisodeQueue, client: RedisClient, handle: ArchiveHandle, ownership: ArchiveOwnership,
        recovery: Recovery, longTexts: LongTexts, settings: LiveSettings, pace: Pace, bell: Bell,
        storedBells: [Bell] = [], logger: Logger,
        onIncident: @escaping @Sendable (Incident) async -> Void
    ) {
        self.queue = queue
        self.client = client
        self.handle = handle
        self.ownership = ownership
        self.recovery = recovery
        self.longTexts = longTexts
        self.settings = settings
        self.pace = pace
        self.bell = bell
        self.storedBells = storedBells
        self.logger = logger
        self.onIncident = onIncident
    }

    /// What retries, budget and prices go by.
    var configuration: Configuration { settings.current.configuration }
    var keys: Keys { settings.atStart.keys }

    package var heldCount: Int { held.count }

    /// Takes another provider, or none.
    /// - Parameter pace: nil keeps the one there is.
    package func use(_ model: ModelInUse?, pace: Pace?) {
        self.model = model
        modelNumber += 1
        streak = FailureStreak()
        hasSucceeded = false
        if let pace { self.pace = pace }
        bell.ring()
    }

    /// Goes by what a person allows from now on.
    package func allow(concurrency: Int, callsPerMinute: Int64) {
        if pace.allow(concurrency: concurrency, callsPerMinute: callsPerMinute) { bell.ring() }
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

    static let longestPause: Duration = .seconds(30)

    /// With whom leases are worked on.
    struct Job: Sendable {
        let model: ModelInUse
        let modelNumber: Int
        /// Leave to make the one call that tries whether the provider is back.
        let probe: CircuitGate.Permit?
    }

    /// - Returns: what to work on, with whom, and how long to wait before the next look.
    func next() async -> ([Lease], Job?, Duration) {
        let modelNumber = modelNumber
        guard let model, await ownership.isHeld else { return ([], nil, .seconds(5)) }
        if isBudgetSpent { return ([], nil, Self.longestPause) }
        let room = pace.slots - held.count
        guard room > 0 else { return ([], nil, Self.longestPause) }
        guard !isClearing || held.isEmpty else { return ([], nil, Self.longestPause) }
        let now = HostClock.wallMilliseconds
        if pace.pausedUntilMilliseconds > now {
            return ([], nil, min(.milliseconds(pace.pausedUntilMilliseconds - now), Self.longestPause))
        }
        var probe: CircuitGate.Permit?
        switch await model.gate.permit() {
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
            guard modelNumber == self.modelNumber else {
                // Another provider came meanwhile.
                if let probe { await model.gate.gaveUp(probe) }
                for lease in claim.leases { await giveBack(lease) }
                return ([], nil, .zero)
            }
            guard !claim.leases.isEmpty else {
                if let probe { await model.gate.gaveUp(probe) }
                return ([], nil, pause(after: claim))
            }
            pace.spaceOut(Int64(claim.leases.count), at: now)
            let job = Job(model: model, modelNumber: modelNumber, probe: probe)
            return (claim.leases, job, probe == nil && claim.leases.count == room ? .zero : pause(after: claim))
        } catch {
            if let probe { await model.gate.gaveUp(probe) }
            logger.debug("nothing claimed: \(error)")
            return ([], nil, .seconds(1))
        }
    }

    func claim(_ count: Int) async throws(RedisError) -> ClaimEpisodes.Claim {
        claims += 1
        let token = "\(ownership.name):\(claims)", owner = ownership.name, queue = queue, inHand = held.count
        var claim = try await client.use { connection throws(RedisError) in
            try connection.run(queue.claiming(count, owner: owner, token: token, held: inHand))
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

    func pause(after claim: ClaimEpisodes.Claim) -> Duration {
        var pause = Self.longestPause
        if let wait = claim.waitMilliseconds { pause = min(pause, .milliseconds(wait)) }
        // What is not archived yet, or waits for us to have nothing else in hand: the bell will ring, or else in a second.
        if claim.passedOver > 0 || claim.waitingAlone > 0 { pause = min(pause, .seconds(1)) }
        return max(pause, .milliseconds(1))
    }
}
