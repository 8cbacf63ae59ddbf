package import Domain
package import Redis

/// A hash as its record; nil where there is none.
package struct ReadRecord<Record: HashRecord>: RedisCommand {
    let key: RedisKey

    init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { HGETALL(key).request }

    package func read(_ reply: RedisReply) throws(RedisError) -> Record? {
        let fields = reply.fields
        return fields.isEmpty ? nil : Record(fields: fields)
    }
}
