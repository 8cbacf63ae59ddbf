internal import Domain
package import Redis

/// Takes or renews the right to write a pool's archive: one companion of a pool has it. Twin of `own_archive.lua`.
package struct OwnArchive: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
        let archive_id: String
        let ttl_ms: Int64
    }

    package enum Answer: Sendable, Equatable {
        /// - Parameter isKnown: false when this Redis has forgotten the archive, or never knew it.
        case owner(isKnown: Bool)
        case standby(owner: String)
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
        switch (parts.first?.text, parts.last) {
        case ("owner", let known?): return .owner(isKnown: known.integer == 1)
        case ("standby", let owner?): return .standby(owner: owner.text ?? "")
        case ("foreign", let id?): return .foreign(archiveID: id.text ?? "")
        default: throw .unexpectedReply(expected: "owner, standby or foreign")
        }
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

extension EpisodeQueue {
    package func owningArchive(_ archiveID: String, as owner: String) -> OwnArchive {
        OwnArchive(
            keys: [keys.archiveOwner],
            argument: .init(owner: owner, archive_id: archiveID, ttl_ms: OwnArchive.expiryMilliseconds))
    }

    package func adoptingArchive(_ archiveID: String, as owner: String) -> AdoptArchive {
        AdoptArchive(keys: [keys.archive], argument: .init(owner: owner, archive_id: archiveID))
    }

    package func leavingArchive(as owner: String) -> LeaveArchive {
        LeaveArchive(keys: [keys.archiveOwner], argument: .init(owner: owner))
    }

    /// The id of the archive that the queue belongs to.
    package var archiveID: GET { GET(keys.archive) }
    /// The companion that holds the archive.
    package var archiveOwner: GET { GET(keys.archiveOwner) }
}
