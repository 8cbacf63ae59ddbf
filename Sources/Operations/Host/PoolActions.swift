internal import Archive
internal import Domain
internal import Redis
internal import Settings
internal import Storage

/// A pool that has a queue in this Redis.
package struct PoolView: Encodable, Sendable {
    package let name: String
    package let is_own: Bool
    package let episodes: Int64
    package let unarchived: Int64
    /// The companion that serves it; nil while none does.
    @OrNull package var owner: String?
}

/// What was taken over of a pool.
package struct AdoptedPool: Encodable, Sendable {
    package let pool: String
    package let adopted: Int
    /// That our queue had no room for.
    package let left: Int
    /// The archive of this host that the pool goes on with, where it is this host's own pool; nil where it is another.
    @OrNull package var archive: String?
}

extension Workplace {
    private var ownPool: String { settings.pool(host: host) }

    /// The pools of this Redis, by name.
    package func pools() throws -> [PoolView] {
        var connection = try connect()
        var views: [PoolView] = []
        for name in try connection.pools(of: settings.keys) {
            let sight = try connection.ask(EpisodeQueue(keys: settings.keys.pool(name)).sight)
            views.append(
                PoolView(
                    name: name, is_own: name == ownPool, episodes: sight.open, unarchived: sight.unarchived,
                    owner: sight.owner.map { String($0.prefix { $0 != ":" }) }))
        }
        return views
    }

    /// Moves the queue of a pool that nobody serves into our own: each episode is added here before it is forgotten there,
    /// so that one that is interrupted goes on where it stopped and loses nothing. Our own pool is taken with an archive of
    /// this host.
    /// - Throws: `Failure` where there is no such pool, or somebody serves it.
    package func adoptPool(_ name: String) throws -> AdoptedPool {
        guard name != ownPool else { return try takeOwnPool() }
        guard !name.isEmpty, !name.contains(where: { "{}*?[]\\ :".contains($0) || $0.isNewline }) else {
            throw Failure(.badInput, "'\(name)' is no pool's name; 'holdfast pool list' shows those that there are")
        }
        var connection = try connectStarting()
        let other = EpisodeQueue(keys: settings.keys.pool(name)), own = queue
        let sight = try connection.ask(other.sight)
        if let owner = sight.owner {
            throw Failure(
                .busy, "the companion of \(owner.prefix { $0 != ":" }) serves the pool '\(name)'",
                remedy: "stop it there first ('holdfast down'), then wait 30 s")
        }
        var adopted = 0, left = 0
        var position: String?
        repeat {
            let page = try connection.walk(other, from: position, count: 50)
            position = page.next
            for (id, record) in zip(page.ids, try connection.ask(other.episodes(page.ids))) {
                guard let record else { continue }
                if record.discardedAt == nil, record.content != nil {
                    let adopting = own.adopting(id, record, limit: settings.configuration.queueMaxSize)
                    guard try connection.run(adopting) != .full else {
                        left += 1
                        continue
                    }
                    adopted += 1
                }
                _ = try connection.ask(other.forgetting(id))
                _ = try connection.run(other.reconciling([id]))
            }
        } while position != nil
        guard adopted + left > 0 else {
            throw Failure(.no, "the pool '\(name)' has no episodes", remedy: "see 'holdfast pool list'")
        }
        return AdoptedPool(pool: name, adopted: adopted, left: left)
    }

    /// Gives our own pool the archive that lies here, or a new one, where the one that Redis knows is out of reach: its file
    /// was deleted, or its host is gone. The companion makes it within seconds, and records in it what Redis and transcripts
    /// hold.
    private func takeOwnPool() throws -> AdoptedPool {
        var connection = try connectStarting()
        let lying = try archiveStore.openToRead()?.id
        if let lying, try connection.ask(queue.archiveID) == lying {
            // It holds less than it did, and that is to be so.
            if try connection.ask(queue.acceptingLoss) {
                return AdoptedPool(pool: ownPool, adopted: 0, left: 0, archive: lying)
            }
            throw Failure(
                .no, "the pool '\(ownPool)' has its archive on this host already",
                remedy: "'holdfast doctor' says whether it can be used")
        }
        func refuse(_ owner: String?) throws {
            guard let owner = owner.map({ $0.prefix { $0 != ":" } }) else { return }
            throw owner == host
                ? Failure(.no, "this host's companion serves the pool '\(ownPool)' already")
                : Failure(
                    .busy, "the companion of \(owner) serves the pool '\(ownPool)'",
                    remedy: "stop it there first ('holdfast down'), or give this host a pool of its own")
        }
        try refuse(connection.ask(queue.archiveOwner))
        let id = lying ?? ArchiveStores.newID()
        // First: who is to make it must know it when Redis names it.
        try archiveStore.expect(id)
        try refuse(connection.run(queue.givingArchive(id)))
        return AdoptedPool(pool: ownPool, adopted: 0, left: 0, archive: id)
    }
}
