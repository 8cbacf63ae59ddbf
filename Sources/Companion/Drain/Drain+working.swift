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
        guard let content = await toAsk(lease) else {
            if let probe = job.probe { await model.gate.gaveUp(probe) }
            return
        }
        var lease = lease
        lease.content = content
        lease = await withProject(lease)
        var probe = job.probe
        guard await sumUp(&lease, job, &probe) else { return }
        var permit = probe
        if permit == nil {
            guard case .call(let leave) = await model.gate.permit() else { return await giveBack(lease) }
            permit = leave
        }
        guard let permit else { return await giveBack(lease) }
        do throws(ModelFailure) {
            let result = try await model.maker.make(of: lease)
            let now = HostClock.wallMilliseconds
            pace.succeeded(
                remaining: result.answer.remainingShare, resetsAfterSeconds: result.answer.resetsAfterSeconds, at: now)
            deliver(
                lease,
                StoredMemory(episode: id, memory: result.memory, maker: result.maker, madeMilliseconds: now))
            // Behind the delivery: a Redis that hangs must not keep from the archive what is paid for.
            hasSucceeded = true
            streak.succeeded()
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

    /// What the model is to be asked for, by what the archive holds.
    /// - Returns: nil when it need not be asked; the lease is seen to.
    private func toAsk(_ lease: Lease) async -> String? {
        let id = lease.id
        do {
            switch try await handle.use({ archive throws(ArchiveError) in try archive.work(on: id) }) {
            case .entries(let content): return content
            case .finished(.memory):
                // Stored before its worker could say so, or Redis came back older.
                deliver(lease, nil)
            case .finished(let outcome):
                let token = held[id]?.token ?? lease.token
                _ = try await client.run(queue.completing([.init(id, token: token, outcome: outcome)]))
                held[id] = nil
                madeRoom()
            case .damaged, .unknown:
                // The archive takes it in, from what Redis has of it; then it is due again.
                _ = try await client.run(queue.unarchiving([id]))
                await giveBack(lease, delayMilliseconds: 1000)
            }
        } catch {
            // Not knowing whether it is paid for already, nobody is asked.
            logger.warning("no memory is made while the archive cannot be read: \(error)")
            await giveBack(lease, delayMilliseconds: 10_000)
        }
        return nil
    }

    func failed(
        _ lease: Lease, _ failure: ModelFailure, _ job: Job, _ permit: CircuitGate.Permit
    ) async {
        var failure = failure
        let model = job.model
        // What a provider says of it may be its words.
        if Task.isCancelled || job.modelNumber != modelNumber || isVoid(lease) {
            await model.gate.gaveUp(permit)
            return await giveBack(lease)
        }
        await count(failure.inputTokens, failure.outputTokens, of: lease)
        let isShared = streak.failed(failure.failureClass.category, of: lease.id)
        switch failure.failureClass.category {
        // A wrong address or parameter would bury the whole queue, one episode after the other.
        case .invalidRequest: failure.failureClass.isOfConfiguration = !hasSucceeded || isShared
        // So would a login page that answers in the provider's place, or a model that writes no JSON.
        case .unknown: failure.failureClass.isShared = isShared
        default: break
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
        if failure.failureClass.countsAgainstCircuit || isShared, await model.gate.circuit.state != .closed {
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
