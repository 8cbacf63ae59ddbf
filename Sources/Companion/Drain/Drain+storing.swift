internal import Archive
internal import Domain
internal import LanguageModel
internal import Logging
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// What is made is stored, and the room it took is free again.
extension Drain {
    func deliver(_ lease: Lease, _ memory: StoredMemory?) {
        made.append((lease, memory))
        madeBell.ring()
    }

    /// Stores memories and completes their episodes, as many at once as there are. What cannot be stored now is kept, its
    /// lease extended, and tried again: the call is paid for.
    func storeWhatIsMade() async {
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
    func store(_ whole: [(lease: Lease, memory: StoredMemory?)]) async throws -> Set<EpisodeID> {
        let batch = whole.filter { !isVoid($0.lease) }
        let memories = batch.compactMap(\.memory)
        let before = batch.filter { $0.memory == nil }.map(\.lease.id)
        let unknown = try await handle.use { archive throws(ArchiveError) in
            let outcomes = try archive.storeMemories(memories, nowMilliseconds: HostClock.wallMilliseconds)
            let strangers = zip(memories, outcomes).filter { $0.1 == .noSuchEpisode }.map(\.0.episode)
            return Set(strangers + Set(before).subtracting(try archive.memories(of: before)))
        }
        if !unknown.isEmpty { _ = try await client.run(queue.unarchiving(Array(unknown))) }
        let done = batch.filter { !unknown.contains($0.lease.id) }
        let states = try await client.run(
            queue.completing(
                done.map { .init($0.lease.id, token: held[$0.lease.id]?.token ?? $0.lease.token, outcome: .memory) }))
        for bell in storedBells { bell.ring() }
        let lost = states.filter { $0 != .held }.count
        if lost > 0 { logger.notice("episodes were finished by others", metadata: ["count": "\(lost)"]) }
        // What was thought to have a memory and has none is worked on again.
        for (lease, memory) in batch where memory == nil && unknown.contains(lease.id) {
            await giveBack(lease, delayMilliseconds: 10_000)
        }
        return unknown.subtracting(before)
    }

    /// One memory that the archive will not take must not keep the others from being stored.
    func singleOut(_ batch: [(lease: Lease, memory: StoredMemory?)], _ reason: String) async {
        for item in batch {
            do {
                // What the archive is still to take in waits for that.
                guard try await store([item]).isEmpty else { continue }
            } catch ArchiveError.rejected(let reason) {
                let failure = FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false)
                let verdict = configuration.retry.verdict(for: failure, retryCount: item.lease.retryCount, random: 0.5)
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

    func madeRoom() {
        if held.isEmpty { isClearing = false }
        bell.ring()
    }
}
