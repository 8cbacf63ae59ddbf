package import Chronicle
internal import Domain
package import Logging
internal import Platform
internal import Threads

/// The one who writes this host's chronicle. What cannot be written keeps nothing else from being done: it is said once,
/// and tried again.
package actor ChronicleKeeper {
    /// SQLite waits for a disk.
    private let executor = ThreadExecutor()
    private let file: String
    /// Tells this companion from every other.
    private let companion: String
    private let logger: Logger
    private var chronicle: Chronicle?
    private var complaint = ""
    /// When Redis took the companion's word last, and when the companion was heard at all; steady, ms.
    private var lastServed: Int64?
    private var hasLookedBack = false

    package init(file: String, companion: String, logger: Logger) {
        self.file = file
        self.companion = companion
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Writes to the chronicle, where that can be done.
    /// - Returns: nil where it cannot.
    @discardableResult
    package func write<Answer: Sendable>(
        _ body: @Sendable (Chronicle) throws(ChronicleError) -> Answer
    ) -> Answer? {
        do throws(ChronicleError) {
            let open: Chronicle
            if let chronicle, chronicle.isInPlace { open = chronicle } else { open = try Chronicle.open(file) }
            chronicle = open
            let answer = try body(open)
            if !complaint.isEmpty { logger.notice("the chronicle is written again") }
            complaint = ""
            return answer
        } catch {
            // Opened anew it is moved aside where it is damaged.
            chronicle = nil
            if complaint != "\(error)" { logger.error("\(error)") }
            complaint = "\(error)"
            return nil
        }
    }

    /// Why it is not written; empty where it is.
    package var standing: String { complaint }

    /// Which troubles the status tells of now.
    package func standing(_ troubles: [Chronicle.Trouble]) {
        let now = HostClock.wallMilliseconds
        write { chronicle throws(ChronicleError) in try chronicle.standing(troubles, at: now) }
        // Episodes wait in the archive meanwhile, and come back by themselves.
        let isFull = troubles.contains { $0.kind == "queue_full" }
        guard isFull != wasFull else { return }
        wasFull = isFull
        write { chronicle throws(ChronicleError) in
            if isFull { try chronicle.began(.queueFull, at: now) } else { try chronicle.ended(.queueFull, at: now) }
        }
    }

    /// nil before the first look.
    private var wasFull: Bool?

    // MARK: - Presence

    /// Redis took the companion's word, or did not.
    package func beat(isServed: Bool) {
        let now = HostClock.now()
        if isServed {
            let isFirst = lastServed == nil
            lastServed = now.bootMilliseconds
            if isFirst { present() }
            write { chronicle throws(ChronicleError) in
                try chronicle.ended(.redisAway, at: now.wallMilliseconds)
            }
        } else if lastServed.map({ now.bootMilliseconds - $0 >= Self.patience }) ?? false {
            lastServed = nil
            write { chronicle throws(ChronicleError) in
                try chronicle.began(.redisAway, at: now.wallMilliseconds - Self.patience)
            }
            present()
        }
    }

    /// A word comes every 10 s; one that is late for a reconnection is no outage, ms.
    private static let patience: Int64 = 15_000

    package nonisolated func presence() -> Periodic {
        let start = ContinuousClock().now
        return Periodic(name: "presence") { [self] in
            // While Redis starts nobody serves, and nobody is missed.
            guard await isServed || ContinuousClock().now - start >= .seconds(30) else { return .seconds(1) }
            await present()
            return .seconds(60)
        }
    }

    private var isServed: Bool { lastServed != nil }

    /// Notes that the companion is there, and whether Redis takes its word.
    package func present() {
        let now = HostClock.now(), companion = companion
        let isServing = lastServed.map { now.bootMilliseconds - $0 < Self.patience * 2 } ?? false
        if !hasLookedBack { lookBack(now) }
        write { chronicle throws(ChronicleError) in
            try chronicle.present(
                companion, isServing: isServing, at: now, bootedMilliseconds: HostClock.bootedMilliseconds)
        }
    }

    /// What became of the companion before this one.
    private func lookBack(_ now: Moment) {
        let companion = companion, booted = HostClock.bootedMilliseconds
        let isDone = write { chronicle throws(ChronicleError) -> Bool in
            guard let last = try chronicle.lastPresence(), last.companion != companion, last.end == .open else {
                return true
            }
            // Of the time before the machine was started nothing is known.
            let began = last.bootID == now.bootID ? last.untilMilliseconds : max(last.untilMilliseconds, booted)
            guard now.wallMilliseconds > began else { return true }
            try chronicle.note(
                Incident(
                    .companionGone, began: began, ended: now.wallMilliseconds, outcome: .recovered, attempts: 1,
                    detail: "it ended, or was killed, and was started again"))
            return true
        }
        hasLookedBack = isDone ?? false
    }

    /// This companion ends because it was asked to.
    package func leave() {
        let companion = companion
        present()
        write { chronicle throws(ChronicleError) in try chronicle.stopped(companion) }
    }
}
