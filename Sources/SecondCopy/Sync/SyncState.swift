internal import Domain
internal import Platform

/// What a host remembers of its rounds, in a small file. What was sent at which revision is not in it: the journal says that
/// and cannot come to say another thing than what is stored.
package struct SyncState: Sendable, Equatable, Codable {
    /// Whether a round has ever written to this copy.
    package var hasBegun = false
    /// ms since 1970.
    package var lastSuccessMilliseconds: Int64?
    /// In a row.
    package var failures = 0
    /// ms since 1970.
    package var nextTryMilliseconds: Int64?
    /// One line for people.
    package var lastError: String?
    /// Divergence: what the copy lacked after the last round, as far as could be told.
    package var lackingItems = 0
    package var lackingBytes: Int64 = 0
    /// Lag: when the oldest change was made that the copy lacks, ms since 1970.
    package var oldestLackingMilliseconds: Int64?

    package init() {}

    /// Whether nothing is left to do as long as nothing changes.
    package var isSettled: Bool { failures == 0 && lackingItems == 0 && lastSuccessMilliseconds != nil }

    /// - Returns: a fresh one where there is none, or none that can be understood: it is found out again.
    package static func read(_ path: String) -> SyncState {
        guard let text = try? Files.read(path), let value = try? JSONValue(parsing: text),
            let state = try? value.decode(SyncState.self)
        else { return SyncState() }
        return state
    }

    package func write(to path: String) throws(CopyError) {
        do {
            try Files.write(JSONValue(encoding: self).text + "\n", to: path, isSynced: true)
        } catch let error as FileError {
            throw CopyError(error)
        } catch {
            throw .unavailable(reason: "\(path) cannot be written: \(error)")
        }
    }

    enum CodingKeys: String, CodingKey {
        case hasBegun = "begun"
        case lastSuccessMilliseconds = "last_success_ms"
        case failures
        case nextTryMilliseconds = "next_try_ms"
        case lastError = "last_error"
        case lackingItems = "lacking_items"
        case lackingBytes = "lacking_bytes"
        case oldestLackingMilliseconds = "oldest_lacking_ms"
    }
}
