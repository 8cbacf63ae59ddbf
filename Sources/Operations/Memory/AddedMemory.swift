internal import Archive
internal import Capture
package import Domain
internal import Glibc
internal import Platform
internal import Redaction
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// What became of a text that was added.
package struct AddedMemory: Encodable, Sendable {
    package enum Outcome: String, Encodable, Sendable {
        /// There is a memory.
        case success
        /// The text is archived and searchable, and there is to be no memory.
        case degraded
        /// A memory will be made.
        case queued
        case error
    }

    package var outcome: Outcome
    @OrNull package var episode_id: String?
    /// From the call to the answer.
    package var milliseconds: Int64
    /// Why it is no success.
    @OrNull package var reason: String?
    /// What to do next.
    package var next: String
    @OrNull package var memory: MemoryView?
    @OrNull package var category: Failure.Category?
    /// Whether what failed is tried again by itself; nil where nothing failed.
    @OrNull package var retryable: Bool?
    /// When.
    @OrNull package var next_retry: Timestamp?

    private enum CodingKeys: CodingKey {
        case outcome, episode_id, milliseconds, reason, category, retryable, next_retry, next, memory
    }

    init(
        _ outcome: Outcome, _ id: EpisodeID? = nil, reason: String? = nil, category: Failure.Category? = nil,
        retryable: Bool? = nil, nextRetry: Timestamp? = nil, next: String, memory: MemoryView? = nil
    ) {
        self.retryable = retryable
        next_retry = nextRetry
        self.outcome = outcome
        milliseconds = 0
        self.next = next
        self.category = category
        episode_id = id?.rawValue
        self.reason = reason
        self.memory = memory
    }
}

extension Workplace {
    /// Adds a text as an episode of its own and waits for its memory.
    /// - Parameters:
    ///   - patience: nil for what the configuration says.
    ///   - isCancelled: asked while it waits.
    ///   - onWait: told while it waits, some 50 times a second.
    package func add(
        _ said: String, key: DispatchKey?, patience: Duration?, isCancelled: () -> Bool = { false },
        onWait: (Duration) -> Void = { _ in }
    ) throws -> AddedMemory {
        let clock = ContinuousClock()
        let start = clock.now
        let patience = patience ?? .seconds(settings.configuration.waitForCompletionSeconds)
        let redacted = settings.configuration.redactor.cleaned(said)
        guard redacted.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.badInput, "there is no text to add")
        }
        if try admitting({ $0.cover(redacted) }) {
            return AddedMemory(
                .error, reason: "it holds a text that is forgotten here ('holdfast forget'); nothing was added",
                category: .invalid, next: "leave that text out")
        }
        var addition = Addition(text: redacted, key: key, milliseconds: HostClock.wallMilliseconds)
        var answer: AddedMemory
        do {
            answer = try queued(&addition) {
                let waited = clock.now - start
                onWait(waited)
                return waited < patience && !isCancelled()
            }
        } catch let error as RedisError {
            // It may have been queued before Redis went: queue and archive take it only once.
            answer = try left(addition, reason: "\(error)", category: .redis_unavailable)
        }
        answer.milliseconds = Int64((clock.now - start) / .milliseconds(1))
        return answer
    }

    /// Gives it to the queue, and waits for its memory as long as it may.
    private func queued(_ addition: inout Addition, mayWait: () -> Bool) throws -> AddedMemory {
        var connection = try connectStarting()
        let trouble = try modelTrouble()
        let policy = settings.configuration.unavailablePolicy
        if let trouble, policy == .fail, !trouble.isOfToday {
            return AddedMemory(
                .error, reason: "\(trouble.what); nothing was added (on_llm_unavailable is fail)",
                category: trouble.category,
                next: "mend the provider, or set on_llm_unavailable to store_raw or queue_retry")
        }
        addition.wantsMemory = trouble?.isOfToday ?? true || policy == .queueRetry
        let span = addition.span(host: host, limit: settings.configuration.queueMaxSize)
        // Kept until the archive has it, since Redis may come back older. Where it cannot be, as on a full disk, Redis will do.
        let folder = AdditionFolder(settings.state)
        let file = try? folder.keep(addition)
        defer {
            if let file, isArchived(addition.id) { folder.forget(file) }
        }
        guard try connection.run(queue.pushingAnswer(span)) != .full else {
            return try left(addition, reason: "the queue is full", category: .conflict)
        }
        return try outcome(of: addition.id, trouble, addition.wantsMemory, mayWait: mayWait)
    }

    /// The companion forgets the file too, if it runs on this host.
    private func isArchived(_ id: EpisodeID) -> Bool { ((try? archiveIfAny?.show(id)) ?? nil) != nil }

    /// Leaves it in a file for the companion, since Redis does not take it now.
    private func left(
        _ addition: Addition, reason: String, category: Failure.Category
    ) throws -> AddedMemory {
        let file = try AdditionFolder(settings.state).keep(addition)
        let runs = CompanionStarter(settings: settings).isCompanionRunning
        return AddedMemory(
            .queued, addition.id, reason: reason, category: category,
            next: runs
                ? "nothing: the companion queues \(file) as soon as it can"
                : "start the companion with 'holdfast up': it queues \(file)")
    }

    /// Looks what becomes of it, as long as it may wait.
    private func outcome(
        of id: EpisodeID, _ trouble: ModelTrouble?, _ wantsMemory: Bool, mayWait: () -> Bool
    ) throws -> AddedMemory {
        let later = later(id)
        let found = "it is found by holdfast memory search"
        while true {
            if let ended = try ended(id, trouble, next: found) { return ended }
            // With an open circuit there is nothing to wait for but the archive.
            let isHopeless = trouble?.isOutage == true
            if isHopeless, try archiveIfAny?.show(id) != nil || !mayWait() {
                return AddedMemory(
                    .queued, id, reason: trouble?.what, category: trouble?.category,
                    next: "\(trouble?.next ?? ""); \(later)")
            }
            guard mayWait() else {
                // The provider may have failed meanwhile.
                let now = try trouble ?? modelTrouble()
                let reason = now?.what ?? "it waits for its first try"
                return wantsMemory && now?.isOutage != false
                    ? AddedMemory(.queued, id, reason: reason, category: now?.category, next: later)
                    : AddedMemory(.degraded, id, reason: reason, category: now?.category, next: found)
            }
            usleep(20_000)
        }
    }

    private func later(_ id: EpisodeID) -> String { "holdfast memory show \(id) tells when there is one" }

    /// - Returns: nil while it is on its way.
    private func ended(_ id: EpisodeID, _ trouble: ModelTrouble?, next: String) throws -> AddedMemory? {
        if let archived = try archiveIfAny?.show(id) {
            if let memory = archived.memory {
                return AddedMemory(.success, id, next: next, memory: MemoryView(memory))
            }
            if let outcome = archived.place.outcome {
                return AddedMemory(
                    .degraded, id, reason: outcome == .dead ? archived.errorMessage : trouble?.what,
                    category: outcome == .dead
                        ? Failure.Category(of: FailureCategory(rawValue: archived.errorType)) : trouble?.category,
                    next: next)
            }
        }
        var connection = try connect()
        guard let record = try connection.ask(queue.episode(id)), !record.errorType.isEmpty else { return nil }
        let reason = "\(record.errorType): \(record.errorMessage)"
        let category = Failure.Category(of: FailureCategory(rawValue: record.errorType))
        switch try connection.ask(queue.state(of: id)) {
        case .dead:
            // It stays in the queue, for somebody to retry.
            return AddedMemory(
                .degraded, id, reason: reason, category: category, retryable: false,
                next: "\(next); holdfast episodes retry \(id) tries again")
        case .scheduled:
            // What the first try answered is said at once: the next is minutes away.
            let due = record.nextRetryAt.flatMap { ISOTime.milliseconds($0) }.map { Timestamp($0) }
            return AddedMemory(
                .queued, id, reason: reason, category: category, retryable: true, nextRetry: due,
                next: "nothing: it is tried again\(due.map { " at \($0.text)" } ?? ""); \(later(id))")
        case .leased, .done, nil: return nil
        }
    }

    private struct ModelTrouble {
        let what: String
        let category: Failure.Category
        /// A provider is configured, and is not called now.
        var isOutage = true
        /// The provider is well: its memory is only later, whatever is to be done in an outage.
        var isOfToday = false
        var next = "nothing: the memory is made when the provider is back"
    }

    /// Why no memory can be made now; nil when one can.
    private func modelTrouble() throws -> ModelTrouble? {
        let status = try status()
        guard status.llm_status.provider != "none" else {
            return ModelTrouble(what: "no provider is configured", category: .llm_unavailable, isOutage: false)
        }
        if let trouble = status.troubles.first(where: { $0.kind == .provider_misconfigured }) {
            return ModelTrouble(what: trouble.what, category: .configuration, next: trouble.remedy)
        }
        if let trouble = status.troubles.first(where: { $0.kind == .budget_spent }) {
            return ModelTrouble(
                what: trouble.what, category: .quota, isOfToday: true,
                next: "nothing: the memory is made from midnight UTC on; or raise daily_token_budget")
        }
        guard status.circuit.isOpen else { return nil }
        let category = Failure.Category(of: FailureCategory(rawValue: status.circuit.reason))
        return ModelTrouble(
            what: "\(status.llm_status.provider) is not called now (\(status.circuit.reason))", category: category)
    }
}

extension Failure.Category {
    /// What a model call's failure means to who added a text.
    init(of failure: FailureCategory?) {
        self =
            switch failure {
            case .auth?, .permission?: .llm_auth
            case .quota?: .quota
            case .rateLimit?, .overloaded?: .rate_limit
            case .network?, .timeout?: .network
            // The text is to blame, today and tomorrow.
            case .contentFilter?, .contextLength?, .requestTooLarge?, .invalidRequest?: .invalid
            case .serverError?, .modelNotFound?, .aborted?, .unknown?, nil: .llm_unavailable
            }
    }
}
