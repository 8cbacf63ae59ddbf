internal import Archive
internal import Chronicle
internal import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import SecondCopy
internal import Settings
internal import Storage

extension Workplace {
    package enum KeyWish: Sendable { case show, make, rotate }

    /// The keys of the second copy: shown by their marks, made, or a new one put before them.
    package func remoteKey(_ wish: KeyWish) throws -> RemoteKey {
        let file = KeyFile(settings.remoteKeyFile)
        return try translated { () throws(CopyError) in
            if wish == .make, RemotePlace(settings, host: host).map({ SyncState.read($0.stateFile).hasBegun }) ?? false,
                !Files.exists(settings.remoteKeyFile)
            {
                throw .refused(
                    reason:
                        "the copy was begun with a key that is not at \(settings.remoteKeyFile) any more; put that back, since another opens nothing of it"
                )
            }
            let (key, outcome) =
                switch wish {
                case .show: (try file.read(), "there")
                case .make: (try file.make(), "made")
                case .rotate: (try file.rotate(), "rotated")
                }
            return RemoteKey(file: settings.remoteKeyFile, marks: key.marks, warning: CopyKey.warning, outcome: outcome)
        }
    }

    /// - Parameter asks: whether the remote itself is asked.
    package func remoteStatus(asks: Bool) async throws -> RemoteStatus {
        let remote = settings.configuration.remote
        let place = RemotePlace(settings, host: host)
        let state = place.map { SyncState.read($0.stateFile) } ?? SyncState()
        var hosts: [String]?, failure: String?
        if asks, let place, remote.isOn {
            do throws(CopyError) {
                let sync = try place.sync()
                _ = try await sync.conflicts()
                hosts = await sync.hosts.keys.sorted()
            } catch {
                failure = "\(error)"
            }
        }
        let now = HostClock.wallMilliseconds
        var key: CopyKey?
        do throws(CopyError) {
            key = try KeyFile(settings.remoteKeyFile).read()
        } catch {
            // Before a copy was begun there is nothing that wants it.
            if place != nil, remote.encrypts, state.hasBegun { failure = failure ?? "\(error)" }
        }
        let isOn = remote.isOn
        var (items, bytes, oldest) = (state.lackingItems, state.lackingBytes, state.oldestLackingMilliseconds)
        if let place, !isOn || state.failures > 0 { (items, bytes, oldest) = await waiting(at: place, state) }
        return RemoteStatus(
            url: remote.url, mode: remote.mode.rawValue, encrypted: remote.encrypts,
            key: key?.mark,
            last_success: Timestamp(orNever: state.lastSuccessMilliseconds), failures: isOn ? state.failures : 0,
            next_try: isOn ? Timestamp(orNever: state.nextTryMilliseconds) : nil,
            last_error: isOn ? state.lastError : nil, lacking_items: items, lacking_bytes: bytes,
            lag_seconds: oldest.map { Double(max(0, now - $0)) / 1000 }, hosts: hosts,
            error: failure)
    }

    /// What waits to be sent while nothing is: what was changed since the last success.
    private func waiting(at place: RemotePlace, _ state: SyncState) async -> (Int, Int64, Int64?) {
        let known = (state.lackingItems, state.lackingBytes, state.oldestLackingMilliseconds)
        let source = HostCopy(settings: settings, host: host)
        guard let inventory = try? await source.inventory() else { return known }
        let changed = inventory.items.filter { $0.changedMilliseconds > state.lastSuccessMilliseconds ?? .min }
        return (
            changed.count, changed.reduce(0) { $0 + $1.bytes }, changed.map(\.changedMilliseconds).min()
        )
    }

    private func remotePlace() throws -> RemotePlace {
        guard let place = RemotePlace(settings, host: host) else {
            throw Failure(
                .configuration, "no second copy is set",
                remedy: "set remote.url in holdfast.json, then 'holdfast remote key'")
        }
        return place
    }

    /// Sends all that the second copy lacks.
    /// - Parameters:
    ///   - isForced: now, whatever the last tries came to, and whatever `remote.mode` says.
    ///   - isEmptying: also where most of a kind is gone here.
    package func syncRemote(isForced: Bool, isEmptying: Bool = false) async throws -> RemoteSync {
        let place = try remotePlace()
        guard settings.configuration.remote.mode == .sync || isForced else {
            throw Failure(
                .no, "remote.mode is local-only: nothing leaves this host", remedy: "give --force, or set it to sync")
        }
        let copy = HostCopy(settings: settings, host: host)
        var connection = try? connect(.companion)
        // What cannot be told now keeps nothing else from being sent; who asked for the sync hears of it.
        var untold: String?
        do {
            try copy.gather(
                (try? archiveStore.openToRead()) ?? nil, over: &connection, now: HostClock.wallMilliseconds)
        } catch {
            untold = "what changed in the archive cannot be told: \(error)"
        }
        let sync = try translated { () throws(CopyError) in try place.sync() }
        var request = SyncRequest()
        request.isForced = isForced
        let forgetting = copy.forgettingMark
        copy.take(&request, forgetting)
        if isEmptying { request.isEmptying = true }
        var sum = CopyFigures()
        let began = HostClock.wallMilliseconds
        while true {
            switch await sync.round(request) {
            case .idle: return answer("idle", sum)
            case .busy: throw Failure(.busy, "the companion syncs just now", remedy: "wait for it")
            case .waiting(let until):
                throw Failure(
                    .no, "the next try is \(Timestamp(until).away(Timestamp(HostClock.wallMilliseconds)))",
                    remedy: "give --force to try now")
            case .failed(let error, let figures):
                sum.add(figures)
                note(sum, failed: true, began: began)
                var answer = answer("failed", sum)
                answer.error = "\(error)"
                return answer
            case .done(let figures):
                sum.add(figures)
                guard figures.isComplete else { continue }
                if let untold {
                    note(sum, failed: true, began: began)
                    var answer = answer("failed", sum)
                    answer.error = untold
                    return answer
                }
                // What is left of that, its mark says to the next round.
                _ = try? await copy.finish(request, forgetting, by: sync)
                try? await passOn(by: sync)
                note(sum, failed: false, began: began)
                return answer("done", sum)
            }
        }
    }

    /// Sessions of a vault that is nearly full, which were sent.
    private func passOn(by sync: CopySync) async throws {
        let promotion = Promotion(settings: settings, host: host), now = HostClock.wallMilliseconds
        let going = try promotion.going()
        guard !going.isEmpty else { return }
        var connection = try connect(.companion)
        let bound = try BoundSessions(settings, over: &connection, now: now)
        let held = try going.filter { try bound.contain($0, over: &connection) }
        _ = try await promotion.finish(sync, now: now, bound: held)
    }

    private func answer(_ outcome: String, _ figures: CopyFigures) -> RemoteSync {
        RemoteSync(
            outcome: outcome, sent_items: figures.sentItems, sent_bytes: figures.sentBytes,
            stored_bytes: figures.storedBytes, removed_items: figures.removedItems,
            lacking_items: figures.lackingItems, lacking_bytes: figures.lackingBytes, conflicts: figures.conflicts,
            withheld_removals: figures.withheldRemovals, error: nil)
    }

    private func note(_ figures: CopyFigures, failed: Bool, began: Int64) {
        let now = HostClock.wallMilliseconds
        var tally = ChoreTally()
        (tally.runs, tally.failed) = (1, failed ? 1 : 0)
        (tally.items, tally.bytes) = (Int64(figures.sentItems), figures.storedBytes)
        (tally.took, tally.lastMilliseconds) = (now - began, now)
        if !failed { tally.lastSuccessMilliseconds = now }
        // A report that cannot be written keeps nobody from a copy.
        guard let chronicle = try? Chronicle.open(settings.state.chronicle) else { return }
        try? chronicle.count(.sync, tally)
        let state = RemotePlace(settings, host: host).map { SyncState.read($0.stateFile) } ?? SyncState()
        let policy = settings.configuration.watch
        try? chronicle.note([
            policy.figure(.failedSyncs, Double(state.failures), at: now, remark: failed ? state.lastError ?? "" : ""),
            policy.figure(.divergentItems, Double(figures.lackingItems), at: now),
            policy.figure(.divergentBytes, Double(figures.lackingBytes), at: now),
        ])
        if failed {
            _ = try? chronicle.began(.syncFailed, at: now, detail: state.lastError ?? "")
        } else {
            try? chronicle.ended(.syncFailed, at: now)
        }
    }

    /// What hosts do not agree on.
    package func remoteConflicts() async throws -> [RemoteConflict] {
        let sync = try translated { () throws(CopyError) in try remotePlaceChecked().sync() }
        do throws(CopyError) {
            return try await sync.conflicts().map { RemoteConflict($0, key: key(of: $0.item)) }
        } catch {
            throw Failure(error)
        }
    }

    /// The key that an item is named by the sum of.
    private func key(of item: ItemName) -> DispatchKey? {
        let mirror = BindingMirror(folder: settings.state.bindings)
        if let binding = mirror.all.first(where: { mirror.name(of: $0.dispatchKey) == item.name }) {
            return binding.dispatchKey
        }
        if let connection = try? connect(.companion) {
            var connection = connection
            let bound = (try? connection.boundKeys(registry)) ?? []
            if let found = bound.first(where: { mirror.name(of: $0.key) == item.name }) { return found.key }
        }
        let path = "\(settings.state.copy)/conversations/\(item.name)"
        guard item.kind == .conversation, let text = try? Files.bytes(path, limit: 8 << 20),
            let dumped = DumpedKey(json: text)
        else { return nil }
        return settings.keys.dispatchKey(ofConversation: dumped.key)
    }

    package func resolveRemote(_ id: String, keep: String) async throws {
        guard let choice = ConflictChoice(rawValue: keep) else {
            throw Failure(.usage, "--keep '\(keep)'; allowed: local, remote, both")
        }
        let sync = try translated { () throws(CopyError) in try remotePlaceChecked().sync() }
        do throws(CopyError) {
            let all = try await sync.conflicts().map(\.id).filter { $0.hasPrefix(id) }
            guard all.count == 1, let whole = all.first else {
                throw CopyError.unavailable(
                    reason: "\(all.count) conflicts begin with '\(id)'; see 'holdfast remote conflicts'")
            }
            try await sync.resolve(whole, keep: choice)
        } catch {
            throw Failure(error)
        }
    }

    private func remotePlaceChecked() throws(CopyError) -> RemotePlace {
        guard let place = RemotePlace(settings, host: host) else { throw .unavailable(reason: "no remote.url is set") }
        return place
    }

    func translated<Answer>(_ body: () throws(CopyError) -> Answer) throws(Failure) -> Answer {
        do throws(CopyError) { return try body() } catch { throw Failure(error) }
    }
}

extension Failure {
    init(_ error: CopyError) {
        switch error {
        case .locked, .refused, .gitMissing: self.init(.configuration, "\(error)", category: .configuration)
        default: self.init(.no, "\(error)", category: .failed)
        }
    }
}

extension CopyFigures {
    /// Rounds that followed each other, as one.
    fileprivate mutating func add(_ next: CopyFigures) {
        let before = self
        self = next
        sentItems += before.sentItems
        sentBytes += before.sentBytes
        storedBytes += before.storedBytes
        removedItems += before.removedItems
        rejections += before.rejections
    }
}
