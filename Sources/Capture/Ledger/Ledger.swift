internal import Domain
internal import Glibc
internal import Redaction
package import Redis
package import Storage

/// Proves that no word is lost: walks transcripts, cursors and episodes, and accounts for every byte.
package struct Ledger: Sendable {
    private let settings: Settings
    private let host: String
    private let queue: EpisodeQueue
    private let redactor: Redactor

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
        queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        redactor = settings.configuration.redactor
    }

    /// The accounts of files, in their order.
    package func accounts(
        of files: [TranscriptFolder.File], over connection: inout RedisConnection
    ) throws(RedisError) -> [Account] {
        let ids = files.map { FileID(host: host, path: Files.realPath($0.path) ?? $0.path) }
        var cursors: [Cursor] = []
        // A pipeline of a hundred thousand would fill both ends' buffers.
        for start in stride(from: 0, to: ids.count, by: 500) {
            cursors += try connection.cursors(of: Array(ids[start..<min(ids.count, start + 500)]), queue)
        }
        // After the cursors: what is captured meanwhile is held, and not yet taken for captured.
        let held = try connection.heldSpans(queue)
        return zip(files, zip(ids, cursors)).map { file, place in
            account(of: file, cursor: place.1, held: held[place.0] ?? [])
        }
    }

    private func account(of file: TranscriptFolder.File, cursor stored: Cursor, held: [HeldSpan]) -> Account {
        do throws(TranscriptFile.Refusal) {
            let open = try TranscriptFile(file.path, configDirectory: file.configDirectory)
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
        of file: TranscriptFolder.File, _ open: borrowing TranscriptFile, _ stored: Cursor, _ held: [HeldSpan]
    ) throws(FileError) -> Account {
        var account = Account(path: file.path, session: file.session, agentID: file.agentID)
        account.bytes = try open.size()
        let cursor = try open.following(stored)
        let spans = held.filter { $0.generation == cursor.generation }.map(\.bytes)
        let session = file.session ?? SessionID(rawValue: TranscriptHead(path: file.path).sessionID)
        var exclusions = Exclusions()
        if let session {
            exclusions = try Exclusions(
                of: session, path: open.path, isSubagent: file.agentID != nil, isWhole: true, state: settings.state)
        }
        var reader = TranscriptReader(
            open.descriptor, named: file.path, policy: settings.configuration.filter, redactor: redactor,
            exclusions: exclusions)
        while let entry = reader.next() {
            let count = Int64(entry.bytes.count)
            if spans.contains(where: { $0.overlaps(entry.bytes) }) {
                account.captured += count
            } else if entry.bytes.upperBound <= cursor.offset {
                account.missing += count
            } else {
                account.pending += count
            }
        }
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

/// The bytes of a file that an episode in Redis holds.
struct HeldSpan: Sendable {
    var generation: Int64
    var bytes: Range<Int64>
}

extension RedisConnection {
    /// What all episodes of a pool hold, by file. One whose content does not match its checksum holds nothing.
    mutating func heldSpans(_ queue: EpisodeQueue) throws(RedisError) -> [FileID: [HeldSpan]] {
        var held: [FileID: [HeldSpan]] = [:]
        var position = "0"
        repeat {
            let page = try send(["SCAN", position, "MATCH", queue.keys.allEpisodes, "COUNT", "500"]).array ?? []
            guard page.count == 2, let next = page[0].text else {
                throw .unexpectedReply(expected: "a position and keys")
            }
            position = next
            let keys = (page[1].array ?? []).compactMap(\.text)
            let fields = ["file_id", "generation", "bytes_from", "bytes_to", "sha256", "content", "discarded_at"]
            for reply in try pipeline(keys.map { ["HMGET", $0] + fields }) {
                let values = (reply.array ?? []).map { $0.text ?? "" }
                guard values.count == fields.count, let file = FileID(rawValue: values[0]),
                    let generation = Int64(values[1]), let from = Int64(values[2]), let to = Int64(values[3]),
                    from <= to, !values[6].isEmpty || SHA256.hexadecimal(of: values[5]) == values[4]
                else { continue }
                held[file, default: []].append(HeldSpan(generation: generation, bytes: from..<to))
            }
        } while position != "0"
        return held
    }
}
