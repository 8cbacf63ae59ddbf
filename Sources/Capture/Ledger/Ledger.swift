package import Domain
internal import Glibc
internal import Platform
internal import Redaction
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// Proves that no word is lost: walks transcripts, cursors and episodes, and accounts for every byte.
package struct Ledger: Sendable {
    private let settings: Settings
    private let host: String
    private let queue: EpisodeQueue
    private let redactor: Redactor
    private let sources: TranscriptSources

    package init(settings: Settings, host: String, sources: TranscriptSources = .standard) {
        self.sources = sources
        self.settings = settings
        self.host = host
        queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        redactor = settings.configuration.redactor
    }

    /// The accounts of files, in their order.
    /// - Parameter archived: what the archive holds of files, asked after Redis: an episode goes from there to here.
    package func accounts(
        of files: [TranscriptFile], over connection: inout RedisConnection,
        archived: ([FileID]) -> [FileID: [HeldSpan]] = { _ in [:] }
    ) throws(RedisError) -> [Account] {
        let ids = files.map { FileID(host: host, path: Files.realPath($0.path) ?? $0.path) }
        var cursors: [Cursor] = []
        // A pipeline of a hundred thousand would fill both ends' buffers.
        for start in stride(from: 0, to: ids.count, by: 500) {
            cursors += try connection.ask(queue.cursors(of: Array(ids[start..<min(ids.count, start + 500)])))
        }
        // After the cursors: what is captured meanwhile is held, and not yet taken for captured.
        let held = try connection.heldSpans(queue).merging(archived(ids), uniquingKeysWith: +)
        return zip(files, zip(ids, cursors)).map { file, place in
            account(of: file, cursor: place.1, held: held[place.0] ?? [])
        }
    }

    private func account(of file: TranscriptFile, cursor stored: Cursor, held: [HeldSpan]) -> Account {
        do throws(TranscriptRefusal) {
            let open = try sources.source(of: file).open(file.path, in: file.configDirectory)
            do throws(FileError) {
                return try account(of: file, open, stored, held)
            } catch {
                throw .unreadable(error)
            }
        } catch {
            var account = Account(path: file.path, session: file.session, agentID: file.agentID)
            account.trouble = "\(error)"
            account.bytes = file.size
            account.pending = file.size
            return account
        }
    }

    private func account(
        of file: TranscriptFile, _ open: any Transcript, _ stored: Cursor, _ held: [HeldSpan]
    ) throws(FileError) -> Account {
        var account = Account(path: file.path, session: file.session, agentID: file.agentID)
        let cursor = try open.following(stored)
        let spans = held.filter { $0.generation == cursor.generation }
        let mark = settings.configuration.filter.mark
        let session = file.session ?? SessionID(rawValue: sources.source(of: file).head(of: file.path).sessionID)
        var exclusions = Exclusions()
        if let session {
            exclusions = try Exclusions(
                of: session, isSubagent: file.agentID != nil, state: settings.state, sources: sources)
        }
        let rules = ReadingRules(
            policy: settings.configuration.filter, redactor: redactor, exclusions: exclusions)
        var reader = try open.reader(from: Cursor(), rules)
        while let entry = reader.next() {
            let count = Int64(entry.bytes.count)
            if HeldSpan.hold(entry, in: spans, filterMark: mark) {
                account.captured += count
            } else if entry.bytes.upperBound <= cursor.offset {
                account.missing += count
            } else {
                account.pending += count
            }
        }
        // It may have grown meanwhile.
        account.bytes = max(reader.position, try open.end())
        account.session = session
        account.excluded = reader.statistics.excludedBytes
        // The last line, while it is being written.
        account.pending += max(0, account.bytes - reader.position)
        if let work = reader.ownWork {
            account.excluded[work.reason, default: 0] += account.pending
            account.pending = 0
        }
        if let failure = reader.failure { account.trouble = "\(failure)" }
        return account
    }
}
