/// Has the server write its append-only file anew, of what it holds from now on; answers whether it does.
package struct BGREWRITEAOF: RedisCommand {
    package init() {}
    package var request: RedisRequest { RedisRequest(["BGREWRITEAOF"], mayBeRefused: true) }
    package func read(_ reply: RedisReply) -> Bool { reply != .null }
}

/// The same of its snapshot, after what it writes already.
package struct BGSAVE: RedisCommand {
    package init() {}
    package var request: RedisRequest { RedisRequest(["BGSAVE", "SCHEDULE"], mayBeRefused: true) }
    package func read(_ reply: RedisReply) -> Bool { reply != .null }
}

extension ServerReport {
    /// Whether the server's word on its files is known.
    package var tellsOfFiles: Bool { !text("aof_enabled").isEmpty }
    package var isWritingFiles: Bool {
        ["aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress"].contains { number($0) != 0 }
    }
    /// Whether it wrote its append-only file the last time that it was to.
    package var couldRewrite: Bool { text("aof_last_bgrewrite_status") == "ok" }
    /// The same of the snapshot.
    package var couldSave: Bool { text("rdb_last_bgsave_status") == "ok" }
    /// Seconds since 1970; of its start where it never saved.
    package var lastSaveSeconds: Int64 { number("rdb_last_save_time") }
    package var replicas: Int64 { number("connected_slaves") }
}
