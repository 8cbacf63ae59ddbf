internal import Archive
internal import Domain
internal import LanguageModel
internal import Logging
internal import Platform
internal import Settings
internal import Storage
internal import Transcripts

/// Long messages of which an episode keeps digests are summed up before a memory is made of it: as many in one call as the
/// model takes, each text once, whichever episodes it stands in. What there is no text or no answer for keeps its digest.
extension Drain {
    /// - Parameters:
    ///   - lease: its content reads as it is to be told then.
    ///   - probe: leave to try the provider; nil once it is used.
    /// - Returns: false where the episode has to wait; the lease is seen to.
    func sumUp(_ lease: inout Lease, _ job: Job, _ probe: inout CircuitGate.Permit?) async -> Bool {
        let entries = EpisodeEntry.all(of: lease.content)
        var roles: [String: EpisodeEntry.Role] = [:]
        for entry in entries { DigestMark(ending: entry.text).map { roles[$0.sum] = entry.role } }
        guard !roles.isEmpty else { return true }
        let id = lease.id, sums = Set(roles.keys)
        // Who is near its end is not to be buried for want of summaries.
        guard lease.retryCount < max(1, configuration.retry.maximum - 1) else { return true }
        // Another episode asks for one of them at this moment: then it is known.
        guard textsAsked.isDisjoint(with: sums) else {
            if let probe { await job.model.gate.gaveUp(probe) }
            await giveBack(lease, delayMilliseconds: 2000)
            return false
        }
        textsAsked.formUnion(sums)
        defer { textsAsked.subtract(sums) }
        var known: [TextSummary]
        var batches: [[LongMessages.Message]]
        do {
            let (found, episode) = try await handle.use { archive throws(ArchiveError) in
                (try archive.textSummaries(of: sums), try archive.show(id)?.episode)
            }
            known = found
            guard let episode else { return true }
            // Under this episode, too: where the other is forgotten, this one's stay.
            try await keep(known, of: id)
            let texts = await longTexts.read(
                sums.subtracting(known.map(\.sum)).subtracting(textsUntold), of: episode)
            batches = self.batches(texts, roles)
        } catch {
            logger.warning("nothing is summed up while the archive cannot be read: \(error)")
            if let probe { await job.model.gate.gaveUp(probe) }
            await giveBack(lease, delayMilliseconds: 10_000)
            return false
        }
        let hasAsked = !batches.isEmpty
        while let batch = batches.popLast() {
            var permit = probe
            probe = nil
            if permit == nil, !isBudgetSpent, case .call(let leave) = await job.model.gate.permit() { permit = leave }
            guard let permit, !isVoid(lease) else {
                if let permit { await job.model.gate.gaveUp(permit) }
                await giveBack(lease)
                return false
            }
            // Each is a call like any other.
            pace.spaceOut(1, at: HostClock.wallMilliseconds)
            do throws(ModelFailure) {
                let made = try await job.model.maker.sumUp(batch, of: lease)
                known += made.summaries
                hasSucceeded = true
                pace.succeeded(
                    remaining: made.answer.remainingShare, resetsAfterSeconds: made.answer.resetsAfterSeconds,
                    at: HostClock.wallMilliseconds)
                // An answer that was cut off, or forgot some: those once more, by themselves.
                let told = Set(made.summaries.map(\.sum)), left = batch.filter { !told.contains($0.sum) }
                if left.count < batch.count, !left.isEmpty { batches.append(left) }
                // First what is paid for: a Redis that hangs must not keep it from the archive.
                let isKept = await keepPaid(made.summaries, of: lease)
                await job.model.gate.succeeded(permit)
                await count(made.answer.inputTokens, made.answer.outputTokens, of: lease)
                guard isKept else { return false }
            } catch {
                // What a provider says of it may be words that are forgotten.
                if Task.isCancelled || job.modelNumber != modelNumber || isVoid(lease) {
                    await job.model.gate.gaveUp(permit)
                    await giveBack(lease)
                    return false
                }
                switch error.failureClass.category {
                case .contextLength where batch.count > 1, .requestTooLarge where batch.count > 1:
                    await job.model.gate.failed(permit, error.failureClass, message: error.message)
                    await count(error.inputTokens, error.outputTokens, of: lease)
                    batches += [Array(batch[..<(batch.count / 2)]), Array(batch[(batch.count / 2)...])]
                case .invalidRequest where !hasSucceeded:
                    await failed(lease, error, job, permit)
                    return false
                case .contentFilter, .contextLength, .requestTooLarge, .unknown, .invalidRequest:
                    textsUntold.formUnion(batch.map(\.sum))
                    // Of these another try is no better: a memory is made with the digests.
                    await job.model.gate.failed(permit, error.failureClass, message: error.message)
                    await count(error.inputTokens, error.outputTokens, of: lease)
                    logger.notice(
                        "long messages keep their digests", metadata: ["episode": "\(id)", "error": "\(error.message)"])
                default:
                    await failed(lease, error, job, permit)
                    return false
                }
            }
        }
        // Its memory is for another day.
        guard !hasAsked || !isBudgetSpent else {
            await giveBack(lease)
            return false
        }
        let summaries = Dictionary(known.map { ($0.sum, $0.text) }) { first, _ in first }
        lease.content = entries.map { $0.told(by: summaries).json }.joined(separator: "\n")
        return true
    }

    /// As many as a model takes at once; of one that is longer its middle is left out.
    private func batches(
        _ texts: [String: String], _ roles: [String: EpisodeEntry.Role]
    ) -> [[LongMessages.Message]] {
        // Beside them stands what the model is told.
        let limit = Int(configuration.provider.maxInputBytes) * 3 / 4
        let most = max(1, min(Self.mostAtOnce, Int(configuration.provider.maxOutputTokens) / Self.tokensOfOne))
        var batches: [[LongMessages.Message]] = [], room = 0
        for (sum, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let role = roles[sum] else { continue }
            let message = LongMessages.Message(sum: sum, role: role, text: Shortening.middle(limit).apply(to: text))
            let size = message.text.utf8.count + 100
            if batches.isEmpty || size > room || batches[batches.count - 1].count >= most {
                batches.append([])
                room = limit
            }
            room -= size
            batches[batches.count - 1].append(message)
        }
        return batches
    }

    private static let mostAtOnce = 15
    /// That a summary of 600 characters takes of an answer, with what stands around it.
    private static let tokensOfOne = 220

    private func keep(_ summaries: [TextSummary], of id: EpisodeID) async throws {
        guard !summaries.isEmpty else { return }
        _ = try await handle.use { archive throws(ArchiveError) in try archive.store(summaries, of: id) }
    }

    /// What is paid for waits for the archive, with the lease on it.
    private func keepPaid(_ summaries: [TextSummary], of lease: Lease) async -> Bool {
        while !isVoid(lease) {
            do {
                try await keep(summaries, of: lease.id)
                return true
            } catch {
                logger.error("summaries of messages wait to be stored: \(error)")
                do { try await Task.sleep(for: .seconds(1)) } catch { break }
            }
        }
        await giveBack(lease)
        return false
    }
}
