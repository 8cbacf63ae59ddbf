package import Domain
package import Redis

/// For a Redis that forgot how far a file is captured. Twin of `restore_cursor.lua`; answers whether it was put back.
package struct RestoreCursor: JSONScript {
    package struct Argument: Encodable, Sendable {
        let path: String
        let offset: Int64
        let generation: Int64
        let tail_sha256: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.restore_cursor_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

/// How far a file is captured; one that never was is at the beginning.
package struct ReadCursor: RedisCommand {
    let key: RedisKey

    private static let fields = [
        CursorRecord.Field.offset, .generation, .tailHash,
    ].map(\.rawValue)

    package var request: RedisRequest { HMGET(key, Self.fields).request }

    package func read(_ reply: RedisReply) throws(RedisError) -> Cursor {
        CursorRecord(fields: try HMGET(key, Self.fields).read(reply)).cursor
    }
}

extension EpisodeQueue {
    package func restoring(_ cursor: Cursor, of file: FileID, path: String) -> RestoreCursor {
        RestoreCursor(
            keys: [keys.cursor(file)],
            argument: .init(
                path: path, offset: cursor.offset, generation: cursor.generation, tail_sha256: cursor.tailHash))
    }

    package func cursor(of file: FileID) -> ReadCursor { ReadCursor(key: keys.cursor(file)) }
    /// Of one that must not be: whoever says so has it reconciled.
    package func forgetting(_ id: EpisodeID) -> DEL { DEL(keys.episode(id)) }
    /// What a damaged episode held, so that its memory is made of that.
    package func puttingBack(_ content: String, of id: EpisodeID) -> HSET {
        HSET(keys.episode(id), EpisodeRecord.Field.content.rawValue, content)
    }
    package func forgettingCursor(of file: FileID) -> DEL { DEL(keys.cursor(file)) }
    package func cursors(of files: [FileID]) -> ForEach<ReadCursor> { ForEach(files.map(cursor(of:))) }
}
