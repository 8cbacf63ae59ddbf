package import Domain
internal import Platform
package import Redis
package import Settings

/// That a newer version has taken a Redis over with which this one may not work: a file, since a hook has no time to ask.
/// Whoever asks writes it, or takes it away.
package struct SchemaMark: Sendable {
    private let path: String

    package init(_ state: StateFolder) { path = state.schemaMark }

    /// Why this version may not work with that Redis, by who asked last; nil where it may.
    /// - Parameter place: which server, and what of it, on one line.
    package func refusal(at place: String) -> String? {
        // Mostly there is none, and that costs one call.
        guard let said, said.place == place, SharedSchema.own < said.oldest else { return nil }
        return said.reason
    }

    private var said: (oldest: Int64, place: String, reason: String)? {
        guard let text = try? Files.read(path, limit: 4096) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 3, let oldest = Int64(lines[0]) else { return nil }
        return (oldest, lines[1], VisibleText.line(lines[2]))
    }

    /// - Parameter record: what Redis has; nil where nobody told it yet.
    /// - Throws: `newer` where this version may not work there.
    package func note(_ record: SchemaRecord?, at place: String) throws(RedisError) {
        guard let record, let refusal = record.refusal() else {
            // Programs that were updated pass over it; those that were not may still run, and go by it.
            if let said, said.place == place, (record?.oldest ?? 0) < said.oldest { Files.remove(path) }
            return
        }
        // Where no file can be written hooks are told by nobody, and Redis gets what they have always written.
        try? Files.write("\(record.oldest)\n\(place)\n\(VisibleText.line(refusal))\n", to: path)
        throw .newer(reason: refusal)
    }
}
