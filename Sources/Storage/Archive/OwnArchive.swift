package import Domain
package import Redis

/// Takes or renews the right to write a pool's archive: one companion of a pool has it. Twin of `own_archive.lua`.
package struct OwnArchive: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
        let host: String
        let archive_id: String
        let episodes: Int64
        let had: Bool
        let silent: Int64
        let ttl_ms: Int64
    }

    package enum Answer: Sendable, Equatable {
        /// - Parameters:
        ///   - isKnown: false when this Redis has forgotten the archive, or never knew it.
        ///   - lastRenewal: the number of the renewal before this one. Who had another as its last has met a Redis that is
        ///     older than that.
        ///   - server: names the server and its history, where it tells.
        case owner(isKnown: Bool, lastRenewal: Int64, server: String)
        case standby(owner: String, lastRenewal: Int64)
        /// The pool belongs to another file.
        case foreign(archiveID: String)
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.own_archive_lua)

    /// So long after its last word another takes over, in ms.
    package static let expiryMilliseconds: Int64 = 30_000

    package func decode(_ reply: RedisReply) throws(RedisError) -> Answer {
        let parts = reply.array ?? []
        switch (parts.first?.text, parts.count) {
        case ("owner", 4):
            return .owner(
                isKnown: parts[1].integer == 1, lastRenewal: parts[2].integer ?? 0, server: parts[3].text ?? "")
        case ("standby", 3): return .standby(owner: parts[1].text ?? "", lastRenewal: parts[2].integer ?? 0)
        case ("foreign", 2): return .foreign(archiveID: parts[1].text ?? "")
        default: throw .unexpectedReply(expected: "owner, standby or foreign")
        }
    }
}

/// What a companion says for itself when it asks for the right to write a pool's archive.
package struct ArchiveClaim: Sendable {
    package var archiveID: String
    /// Names the companion.
    package var owner: String
    /// Its host, where it holds the lock of the one companion there can be: whatever else was owner there is dead.
    package var host = ""
    /// How many episodes its file holds, -1 before that was opened, and whether the file was this pool's before.
    package var episodes: Int64 = -1
    package var had = false
    /// The renewal of another that has been the last for longer than the right lasts, by the caller's own clock.
    package var silentRenewal: Int64 = 0

    package init(_ archiveID: String, owner: String) {
        self.archiveID = archiveID
        self.owner = owner
    }
}

/// This Redis belongs to this archive from now on. Twin of `adopt_archive.lua`; answers whether the caller still had the
/// right to say so.
package struct AdoptArchive: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
        let archive_id: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.adopt_archive_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

/// Gives the right up. Twin of `leave_archive.lua`; answers whether the caller had it.
package struct LeaveArchive: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.leave_archive_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

/// A person gives the pool to an archive. Twin of `give_archive.lua`; answers the companion that serves the pool, and so
/// keeps it; nil when it is given.
package struct GiveArchive: JSONScript {
    package struct Argument: Encodable, Sendable {
        let archive_id: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.give_archive_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> String? {
        guard let text = reply.text else { throw .unexpectedReply(expected: "an owner, or nothing") }
        return text.isEmpty ? nil : text
    }
}

extension EpisodeQueue {
    package func owningArchive(_ claim: ArchiveClaim) -> OwnArchive {
        OwnArchive(
            keys: [keys.archiveOwner],
            argument: .init(
                owner: claim.owner, host: claim.host, archive_id: claim.archiveID, episodes: claim.episodes,
                had: claim.had, silent: claim.silentRenewal, ttl_ms: OwnArchive.expiryMilliseconds))
    }

    package func adoptingArchive(_ archiveID: String, as owner: String) -> AdoptArchive {
        AdoptArchive(keys: [keys.archive], argument: .init(owner: owner, archive_id: archiveID))
    }

    package func leavingArchive(as owner: String) -> LeaveArchive {
        LeaveArchive(keys: [keys.archiveOwner], argument: .init(owner: owner))
    }

    package func givingArchive(_ archiveID: String) -> GiveArchive {
        GiveArchive(keys: [keys.archiveOwner], argument: .init(archive_id: archiveID))
    }

    /// A person accepts that the archive holds less than it did.
    package var acceptingLoss: HDEL {
        HDEL(keys.archiveEpoch, [ArchiveEpochRecord.Field.lostEpisodes, .lostMilliseconds].map(\.rawValue))
    }

    /// The id of the archive that the queue belongs to.
    package var archiveID: GET { GET(keys.archive) }
    /// The companion that holds the archive.
    package var archiveOwner: GET { GET(keys.archiveOwner) }
    /// Who held it last, and when.
    package var archiveEpoch: ReadRecord<ArchiveEpochRecord> { ReadRecord(keys.archiveEpoch) }
}
