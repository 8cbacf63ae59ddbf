internal import Archive
internal import Domain
internal import LanguageModel
internal import Logging
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// One episode at a time, each by itself: what its call came to.
extension Drain {
    func work(on lease: Lease, _ job: Job) async {
        let id = lease.id, model = job.model
        do throws(ArchiveError) {
            let known = try await handle.use { archive throws(ArchiveError) in try archive.memories(of: [id]) }
            if known.contains(id) {
                // Stored before its worker could say so.
                if let probe = job.probe { await model.gate.gaveUp(probe) }
                return deliver(lease, nil)
            }
        } catch {
            // Not knowing whether it is paid for already, nobody is asked.
            if let probe = job.probe { await model.gate.gaveUp(probe) }
            logger.warning("no memory is made while the archive cannot be read: \(error)")
            return await giveBack(lease, delayMilliseconds: 10_000)
        }
        var permit = job.probe
        if permit == nil {
            guard case .call(let leave) = await model.gate.permit() else { return await giveBack(lease) }
            permit = leave
        }
        guard let permit else { return await giveBack(lease) }
        do throws(ModelFailure) {
            let result = try await model.maker.make(of: await withProject(lease))
            let now = HostClock.wallMilliseconds
            pace.succeeded(
                remaining: result.answer.remainingShare, resetsAfterSeconds: result.answer.resetsAfterSeconds, at: now)
            deliver(
                lease,
                StoredMemory(episode: id, memory: result.memory, maker: result.maker, madeMilliseconds: now))
            // Behind the delivery: a Redis that hangs must not keep from the archive what is paid for.
            hasSucceeded = true
            refusals = 0
            await model.gate.succeeded(permit)
            await count(result.answer.inputTokens, result.answer.outputTokens, of: lease)
            await onIncident(.succeeded)
        } catch {
            await failed(lease, error, job, permit)
        }
    }

    /// With the folder that its session works in, or that its key names, for the prompt.
    private func withProject(_ lease: Lease) async -> Lease {
        var lease = lease
        if let key = lease.dispatchKey?.rawValue, key.hasPrefix("dir:") {
            lease.project = String(key.dropFirst(4))
        } else if let session = SessionID(rawValue: lease.session) {
            let registry = SessionRegistry(keys: keys)
            // Not known while Redis is away: the prompt does without.
            let record = try? await client.use { connection throws(RedisError) in
                try connection.ask(registry.session(session))
            }
            lease.project = record?.cwd ?? ""
        }
        return lease
    }

    func failed(
        _ lease: Lease, _ failure: ModelFailure, _ job: Job, _ permit: CircuitGate.Permit
    ) async {
        var failure = failure
        let model = job.model
        if Task.isCancelled || job.modelNumber != modelNumber {
            await model.gate.gaveUp(permit)
            return await giveBack(lease)
        }
        await count(failure.inputTokens, failure.outputTokens, of: lease)
        if failure.failureClass.category == .invalidRequest {
            refusals += 1
            // A wrong address or parameter would bury the whole queue, one episode after the other.
            failure.failureClass.isOfConfiguration = !hasSucceeded || refusals >= 3
        }
        await model.gate.failed(permit, failure.failureClass, message: failure.message)
        pace.failed(failure.failureClass, at: HostClock.wallMilliseconds)
        logger.warning(
            "no memory made",
            metadata: [
                "episode": "\(lease.id)", "class": "\(failure.failureClass.category.rawValue)",
                "error": "\(failure.message)",
            ])
        var verdict = configuration.retry.verdict(
            for: failure.failureClass, retryCount: lease.retryCount, random: Double.random(in: 0..<1))
        // The outage is to blame: a failed probe, or the call that opened the circuit, costs the episode nothing.
        if failure.failureClass.countsAgainstCircuit, await model.gate.circuit.state != .closed {
            verdict = configuration.retry.waiting(for: failure.failureClass, random: Double.random(in: 0..<1))
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
        let note = MemoryFailure(
            type: failure.failureClass.category.rawValue, message: failure.message,
            retryCount: Int(lease.retryCount) + (verdict.spendsRetry ? 1 : 0))
        let id = lease.id
        do throws(ArchiveError) {
            try await handle.use { archive throws(ArchiveError) in try archive.noteFailure(note, of: id) }
        } catch {
            logger.debug("a failure is not in the archive: \(error)")
        }
        await onIncident(
            verdict == .dead
                ? .dead(lease.id, failure.failureClass, message: failure.message)
                : .failed(failure.failureClass, message: failure.message))
    }
}
