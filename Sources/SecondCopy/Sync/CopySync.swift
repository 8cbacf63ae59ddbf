internal import Domain
internal import Platform
internal import Threads

/// Keeps the second copy of one host: looks what is stored, sends what is lacking, says so in the journal, remembers how far
/// it came. It has a thread of its own, since it reads, compresses and seals; nobody who captures waits for it.
///
/// A round may be broken off anywhere. Objects are stored before the entry that names them, the entry is published last, and
/// what was sent is known by the published entries alone, so the next round sends what no entry names.
package actor CopySync {
    let host: String
    let seal: Seal
    let transport: any CopyTransport
    let source: any CopySource
    let options: SyncOptions
    private let stateFile: String
    private let executor = ThreadExecutor()

    var view: CopyView
    private var memory: SyncState
    /// What the host has, as the round that goes on found it.
    var inventory: CopyInventory?
    /// Objects of which a check said that they are damaged, or that are too small to have so many of.
    private var distrusted: Set<String> = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - host: the same on each start, another on each host.
    ///   - stateFile: a small file, with a lock beside it, of this host and this place alone.
    /// - Throws: `refused` where nothing would be sealed and the place is for sealed files only.
    package init(
        host: String, seal: Seal, transport: any CopyTransport, source: any CopySource, stateFile: String,
        options: SyncOptions = SyncOptions()
    ) throws(CopyError) {
        guard !seal.isPlain || transport.takesPlain else {
            throw .refused(reason: "nothing that is not sealed goes there")
        }
        self.host = host
        self.seal = seal
        self.transport = transport
        self.source = source
        self.options = options
        self.stateFile = stateFile
        view = CopyView(seal)
        memory = SyncState.read(stateFile)
    }

    /// How the last rounds went.
    package var status: SyncState { memory }

    /// The hosts that have told of something, by the last look, each with its latest entry.
    package var hosts: [String: CopyState.HostMark] { view.state.hosts }

    /// Bytes of the objects that are stored, by the last look, and of those that no host wants any more.
    package var sizes: (stored: Int64, dead: Int64) { view.sizes }

    /// Of this host's own, the kinds of which the copy has something.
    package var heldKinds: Set<CopyKind> {
        Set(view.state.items.filter { $0.value.versions[host].map { !$0.isRemoval } ?? false }.keys.map(\.kind))
    }

    /// Objects that nobody has any more and that are stored yet: a folder gives those of the last hour time, in which somebody
    /// may be about to name them.
    package func leftOver() async throws(CopyError) -> Int {
        try await look()
        return view.listing.objects.subtracting(view.state.live).count
    }

    /// Whether all that was ever told can be read, so that what is not found is not there.
    package var isUnderstood: Bool {
        !view.listing.isEmpty && view.troubles.isEmpty && view.lockedMarks.isEmpty && view.gaps.isEmpty
    }

    /// What the copy has of this host's own, whole, of a kind.
    /// - Parameter isNew: whether it is looked at anew; by the last round otherwise.
    package func held(_ kind: CopyKind, isNew: Bool) async throws(CopyError) -> [ItemName: ItemVersion] {
        if isNew { try await look() }
        let objects = view.listing.objects.subtracting(distrusted)
        return view.state.items.filter { $0.key.kind == kind }.compactMapValues { record in
            record.versions[host].flatMap { CopyPlan.isThere($0, objects) ? $0 : nil }
        }
    }

    /// Holds what is stored against what the journals say of it. What lies in damaged objects, and this host still has, the
    /// next round sends anew.
    /// - Parameter isDeep: whether everything is read.
    package func check(isDeep: Bool) async throws(CopyError) -> CopyCheck.Report {
        guard let lock = try locked() else { throw .unavailable(reason: "a round is going on; try again") }
        defer { _ = lock.descriptor }
        let report = try await CopyCheck.run(of: transport, seal, isDeep: isDeep)
        distrusted.formUnion(report.damagedObjects)
        return report
    }

    /// Of some items, those that this host told of and has no more: nobody can send them anew.
    package func gone(_ items: [ItemName]) async throws(CopyError) -> Set<ItemName> {
        let here = Set(try await source.inventory().items.filter { $0.alone == nil }.map(\.item))
        return Set(items.filter { view.state.version(of: $0, on: host) != nil && !here.contains($0) })
    }

    /// Nothing that is stored is trusted any more: the next round sends all that this host has anew.
    package func distrustAll() async throws(CopyError) {
        try await look()
        distrusted = view.listing.objects
    }

    /// Takes away what this host told and nobody can open any more: the next round tells it anew.
    package func dropDamagedEntries() async throws(CopyError) {
        guard let lock = try locked() else { throw .unavailable(reason: "a round is going on; try again") }
        defer { _ = lock.descriptor }
        try await look()
        let own = seal.names(of: host)
        let names = view.troubles.compactMap { name, error -> StoredName? in
            guard case .entry(let folder, _, _) = name, own.contains(folder), case .damaged = error else { return nil }
            return name
        }
        guard !names.isEmpty else { return }
        try await publish([], removing: names)
        try await look()
    }

    /// Sends what the copy lacks, as much as a round may.
    /// - Parameter random: for the time of the next try.
    package func round(
        _ request: SyncRequest = SyncRequest(), nowMilliseconds: Int64 = HostClock.wallMilliseconds,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) async -> CopyOutcome {
        if request.nothingChanged, memory.isSettled, distrusted.isEmpty, !request.isForced, !request.rewrites {
            return .idle
        }
        if let next = memory.nextTryMilliseconds, next > nowMilliseconds, !request.isForced {
            // A clock that was put back must not have us wait for years.
            if next - nowMilliseconds <= 2 * 86_400_000 { return .waiting(untilMilliseconds: next) }
        }
        var figures = CopyFigures()
        let watch = Stopwatch()
        inventory = nil
        do throws(CopyError) {
            guard let lock = try locked() else { return .busy }
            defer { _ = lock.descriptor }
            try await send(request, nowMilliseconds, &figures)
            try remember(figures, at: nowMilliseconds)
            return .done(figures)
        } catch {
            await transport.discard()
            // The pause begins when the round ends: one that took long would be followed by the next at once.
            let took = Int64(watch.elapsed / .milliseconds(1))
            remember(error, &figures, at: nowMilliseconds + took, random)
            return .failed(error, figures)
        }
    }

    func locked() throws(CopyError) -> FileLock? {
        do throws(FileError) { return try FileLock.take(stateFile + ".lock") } catch { throw CopyError(error) }
    }

    // MARK: - One round

    private static let mostRejections = 5

    private func send(
        _ request: SyncRequest, _ nowMilliseconds: Int64, _ figures: inout CopyFigures
    ) async throws(CopyError) {
        let inventory = try await source.inventory()
        self.inventory = inventory
        var draft: RoundDraft?
        for attempt in 1... {
            try await look(request.startsAnew)
            distrusted.formUnion(view.scattered(of: host, options))
            let plan = CopyPlan(
                inventory, of: host, in: view.state, objects: view.listing.objects.subtracting(distrusted),
                isEmptying: request.isEmptying, removing: request.removing)
            figures.note(plan)
            // What was packed before another host was faster is still good, if all it goes on from is still there.
            if draft?.holds(in: view, of: host) != true {
                await transport.discard()
                draft = try await pack(plan, nowMilliseconds)
            }
            guard let ready = draft else { return }
            do throws(CopyError) {
                try await publish(ready, nowMilliseconds)
                figures.note(ready, plan)
                distrusted.subtract(ready.healed)
                break
            } catch {
                guard case .rejected = error else { throw error }
                figures.rejections += 1
                guard attempt < Self.mostRejections else { throw error }
            }
        }
        figures.note(view)
        if figures.isComplete, request.rewrites || view.wantsRewrite(of: host, options) {
            figures.isRewritten = try await rewrite(nowMilliseconds)
        }
    }

    func look(_ startsAnew: Bool = false) async throws(CopyError) {
        var seen = view
        try await seen.refresh(transport)
        view = seen
        if view.listing.isEmpty, memory.hasBegun, transport.isAwayWhenEmpty, !startsAnew {
            throw .unreachable(
                reason: "it is empty, though a copy was begun there; its disk is not mounted, or it must be begun anew")
        }
    }

    private func pack(_ plan: CopyPlan, _ nowMilliseconds: Int64) async throws(CopyError) -> RoundDraft {
        var packing = CopyPacking(
            seal, source, transport, options,
            stored: plan.lacking.isEmpty ? [:] : view.stored(by: host, without: distrusted))
        if !plan.lacking.isEmpty { try await mark() }
        for (item, version) in plan.removed.prefix(options.mostChanges) {
            packing.remove(item, version, at: nowMilliseconds)
        }
        for lack in plan.lacking {
            guard packing.count < options.mostChanges, packing.sentBytes < options.budget else { break }
            try Task.checkCopyCancellation()
            try await packing.add(lack)
        }
        let changes = try await packing.finish()
        let isAll = changes.count + packing.restless.count == plan.lacking.count + plan.removed.count
        return RoundDraft(
            changes: changes, objects: packing.objects, sentBytes: packing.sentBytes, restless: packing.restless,
            healed: isAll && packing.restless.isEmpty ? distrusted : [])
    }

    private func publish(_ draft: RoundDraft, _ nowMilliseconds: Int64) async throws(CopyError) {
        let conflicts = view.state.conflicts.filter { $0.seenMilliseconds == nil }
        let isUnmarked = !view.listing.hasMarker && !view.listing.isEmpty
        guard !draft.changes.isEmpty || !conflicts.isEmpty || isUnmarked else { return }
        var entry = JournalEntry(
            host: host, number: view.nextNumber(of: host), timeMilliseconds: nowMilliseconds)
        (entry.changes, entry.objects) = (draft.changes, draft.objects)
        entry.conflicts = conflicts.map { NotedConflict($0, at: nowMilliseconds) }
        try await publish([entry])
    }

    /// Stores entries and has everybody see them.
    func publish(
        _ entries: [JournalEntry], removing removed: [StoredName] = [], isRewrite: Bool = false
    ) async throws(CopyError) {
        guard entries.allSatisfy({ $0.number <= StoredName.mostEntries }) else {
            throw .unavailable(reason: "the journal of this host is full")
        }
        try await mark()
        var files: [(name: StoredName, entry: JournalEntry)] = []
        for entry in entries {
            let file = try entry.closed(by: seal)
            try await transport.store(file.name, file.bytes)
            files.append((file.name, entry))
        }
        try await transport.publish(removing: removed, isRewrite: isRewrite)
        for (name, entry) in files { view.take(entry, as: name, removing: removed) }
    }

    /// Before all else: a round that is cut must leave nothing that looks like somebody else's.
    private func mark() async throws(CopyError) {
        guard !view.listing.hasMarker else { return }
        try await transport.store(.marker, CopyMarker(isSealed: !seal.isPlain).bytes)
    }

    // MARK: - What is remembered

    private func remember(_ figures: CopyFigures, at nowMilliseconds: Int64) throws(CopyError) {
        memory.hasBegun = view.listing.hasMarker
        (memory.lastSuccessMilliseconds, memory.failures) = (nowMilliseconds, 0)
        (memory.nextTryMilliseconds, memory.lastError) = (nil, nil)
        memory.note(figures)
        try memory.write(to: stateFile)
    }

    /// What the copy lacks where it cannot be asked: by what it had when it was seen last, or, where it was not since this
    /// process began, what was changed since the last success.
    private func guess(_ figures: inout CopyFigures) {
        guard let inventory else { return figures.take(memory) }
        if !view.listing.isEmpty {
            figures.note(
                CopyPlan(
                    inventory, of: host, in: view.state, objects: view.listing.objects.subtracting(distrusted)))
            return
        }
        let since = memory.lastSuccessMilliseconds ?? .min
        let changed = inventory.items.filter { $0.changedMilliseconds > since }
        (figures.lackingItems, figures.lackingBytes) = (changed.count, changed.reduce(0) { $0 + $1.bytes })
        figures.oldestLackingMilliseconds = changed.map(\.changedMilliseconds).min()
    }

    private func remember(
        _ error: CopyError, _ figures: inout CopyFigures, at nowMilliseconds: Int64,
        _ random: any RandomNumberGenerator & Sendable
    ) {
        var random = random
        memory.failures += 1
        memory.lastError = PlainText.line("\(error)", limit: 300)
        let named: Int64? = if case .limited(let until) = error { until } else { nil }
        memory.nextTryMilliseconds = CopyBackoff.nextTry(
            after: memory.failures, at: nowMilliseconds, namedMilliseconds: named, using: &random)
        if !figures.isPlanned { guess(&figures) }
        memory.note(figures)
        // The disk may be what failed. Then a restart forgets how long to wait, and nothing else.
        do throws(CopyError) { try memory.write(to: stateFile) } catch {}
    }
}
