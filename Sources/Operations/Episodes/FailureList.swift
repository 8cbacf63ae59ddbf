internal import Domain
internal import Redis
internal import Storage

/// Some of many episodes that have failed.
package struct FailurePage: Codable, Sendable {
    /// The newest first.
    package let failures: [EpisodeFailure]
    /// How many there are, whatever was asked for.
    package let total: Int
    /// Where the next page begins; nil on the last.
    @OrNull package var next_cursor: String?
}

extension Workplace {
    /// Episodes that have failed and are neither done nor given up, the latest failure first.
    /// - Parameters:
    ///   - errorClass: only of this class; empty for all.
    ///   - key: only of this dispatch key, or of all keys of this agent; empty for all.
    ///   - sinceMilliseconds: failed then or later.
    ///   - cursor: where the page before ended.
    ///   - withContent: what they say, too; at most 20 at a time.
    package func failures(
        class errorClass: String = "", key: String = "", sinceMilliseconds: Int64? = nil, limit: Int = 50,
        cursor: String = "", withContent: Bool = false
    ) throws -> FailurePage {
        guard (1...1000).contains(limit) else { throw Failure(.usage, "limit is \(limit); allowed: 1 to 1000") }
        guard !withContent || limit <= 20 else {
            throw Failure(.usage, "limit is \(limit); with raw content allowed: 1 to 20")
        }
        guard let start = cursor.isEmpty ? 0 : Int(cursor), (0...10_000_000).contains(start) else {
            throw Failure(.badInput, "cursor '\(cursor)' is none that a page before has given")
        }
        let known = FailureCategory.allCases.map(\.rawValue) + ["crash"]
        guard errorClass.isEmpty || known.contains(errorClass) else {
            throw Failure(.badInput, "no class is called '\(errorClass)'; allowed: \(known.joined(separator: ", "))")
        }
        var connection = try connect()
        let total = try connection.ask(queue.failedCount)
        var found: [EpisodeFailure] = []
        var rank = start
        // So many are looked at for a page; a filter that finds little is asked again with the cursor.
        let last = start + 5000
        while found.count < limit, rank < last, rank < total {
            let ids = try connection.ask(queue.failedLast(rank..<rank + (withContent ? 10 : 100)))
            guard !ids.isEmpty else { break }
            for failed in try connection.ask(queue.failedEpisodes(ids, withContent: withContent)) {
                rank += 1
                guard let failure = failed.map(EpisodeFailure.init) else { continue }
                if let since = sinceMilliseconds, (failure.failed_at?.milliseconds ?? 0) < since {
                    return FailurePage(failures: found, total: Int(total), next_cursor: nil)
                }
                guard errorClass.isEmpty || failure.class == errorClass else { continue }
                let owner = failure.dispatch_key
                guard key.isEmpty || owner == key || owner.hasPrefix(key + "/") else { continue }
                found.append(failure)
                if found.count == limit { break }
            }
        }
        return FailurePage(
            failures: found, total: Int(total), next_cursor: rank < total ? String(rank) : nil)
    }
}
