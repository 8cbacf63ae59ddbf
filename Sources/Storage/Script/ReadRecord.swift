package import Domain
package import Redis

/// A hash as its record; nil where there is none.
package struct ReadRecord<Record: HashRecord>: RedisCommand {
    let key: RedisKey
    /// Those that are asked for; nil for all.
    let names: [String]?

    /// - Parameter names: of the fields that are wanted, where the others would cost too much; those of the record that
    ///   are left out read as if they were not there.
    init(_ key: RedisKey, only names: [String]? = nil) {
        self.key = key
        self.names = names
    }

    package var request: RedisRequest { names.map { HMGET(key, $0).request } ?? HGETALL(key).request }

    package func read(_ reply: RedisReply) throws(RedisError) -> Record? {
        let fields: [String: String]
        if let names { fields = try HMGET(key, names).read(reply) } else { fields = reply.fields }
        return fields.isEmpty ? nil : Record(fields: fields)
    }
}
