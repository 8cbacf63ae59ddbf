package import Domain
package import Redis

/// Twin of `hold_archive.lua`: one companion of a pool writes its archive.
package struct HoldArchive: NewsScript {
    package struct News: Encodable, Sendable {
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

    package static let source = ScriptText.plain(PackageResources.hold_archive_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    /// So long after its last word another takes over, in ms.
    package static let expiryMilliseconds: Int64 = 30_000

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Answer {
        let parts = reply.array ?? []
        switch (parts.first?.text, parts.last) {
        case ("owner", let known?): return .owner(isKnown: known.integer == 1)
        case ("standby", let owner?): return .standby(owner: owner.text ?? "")
        case ("foreign", let id?): return .foreign(archiveID: id.text ?? "")
        default: throw .unexpectedReply(expected: "owner, standby or foreign")
        }
    }
}

/// Twin of `keep_archive.lua`: this Redis belongs to this archive from now on.
package struct KeepArchive: NewsScript {
    package struct News: Encodable, Sendable {
        let owner: String
        let archive_id: String
    }

    package static let source = ScriptText.plain(PackageResources.keep_archive_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

/// Twin of `leave_archive.lua`.
package struct LeaveArchive: NewsScript {
    package struct News: Encodable, Sendable {
        let owner: String
    }

    package static let source = ScriptText.plain(PackageResources.leave_archive_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

/// Twin of `restore_cursor.lua`: for a Redis that forgot how far a file is captured.
package struct RestoreCursor: NewsScript {
    package struct News: Encodable, Sendable {
        let path: String
        let offset: Int64
        let generation: Int64
        let tail_sha256: String
    }

    package static let source = ScriptText.plain(PackageResources.restore_cursor_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension EpisodeQueue {
    package func holdingArchive(_ archiveID: String, as owner: String) -> HoldArchive {
        HoldArchive(
            keys: [keys.archiveOwner],
            news: .init(owner: owner, archive_id: archiveID, ttl_ms: HoldArchive.expiryMilliseconds),
            nowMilliseconds: nowMilliseconds)
    }

    package func keepingArchive(_ archiveID: String, as owner: String) -> KeepArchive {
        KeepArchive(
            keys: [keys.archive], news: .init(owner: owner, archive_id: archiveID), nowMilliseconds: nowMilliseconds)
    }

    package func leavingArchive(as owner: String) -> LeaveArchive {
        LeaveArchive(keys: [keys.archiveOwner], news: .init(owner: owner), nowMilliseconds: nowMilliseconds)
    }

    package func restoring(_ cursor: Cursor, of file: FileID, path: String) -> RestoreCursor {
        RestoreCursor(
            keys: [keys.cursor(file)],
            news: .init(
                path: path, offset: cursor.offset, generation: cursor.generation, tail_sha256: cursor.tailHash),
            nowMilliseconds: nowMilliseconds)
    }
}
