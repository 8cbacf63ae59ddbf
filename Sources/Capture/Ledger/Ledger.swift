package import Domain
internal import Glibc
internal import Platform
internal import Redaction
package import Redis
package import Settings
package import Storage
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
    /// - Parameter archived: what the archive holds of files, asked after Redis: an episode goes from there to here. Nil
    ///   where another host has it: what was captured here is taken for held then.
    package func accounts(
        of files: [TranscriptFile], over connection: inout RedisConnection,
        archived: ([FileID]) -> [FileID: [HeldSpan]]? = { _ in [:] }
    ) throws(RedisError) -> [Account] {
        let ids = files.map { FileID(host: host, path: Files.realPath($0.path) ?? $0.path) }
        var cursors: [Cursor] = []
        // A pipeline of a hundred thousand would fill both ends' buffers.
        for start in stride(from: 0, to: ids.count, by: 500) {
            cursors += try connection.ask(queue.cursors(of: Array(ids[start..<min(ids.count, start + 500)])))
        }
        // After the cursors: what is captured meanwhile is held, and not yet taken for captured.
        let queued = try connection.heldSpans(queue)
        // What was captured of a file before it was moved counts for it where it is now.
        let places = TranscriptPlaces(settings.state)
        let earlier = files.map { file in
            places.others(of: Files.realPath(file.path) ?? file.path).map { FileID(host: host, path: $0) }
        }
        let stored = archived(Array(Set(ids + earlier.flatMap { $0 })))
        let held = queued.merging(stored ?? [:], uniquingKeysWith: +)
        return files.indices.map { index in
            let spans = ([ids[index]] + earlier[index]).flatMap { held[$0] ?? [] }
            var account = account(of: files[index], cursor: cursors[index], held: spans)
            if stored == nil { account.takeMissingForCaptured() }
            return account
        }
    }

    private func account(of file: TranscriptFile, cursor stored: Cursor, held: [HeldSpan]) -> Account {
        do throws(TranscriptRefusal) {
            // One that a person named may lie anywhere.
            let open = try sources.source(of: file).open(
                file.path, in: file.configDirectory.isEmpty ? nil : file.configDirectory)
            do throws(FileError) {
                return try account(of: file, open, stored, held)
            } catch {
                throw .unreadable(error)
            }
        } catch {
            var account = Account(of: file)
            account.trouble = "\(error)"
            // In the source's positions, as all the rest.
            account.bytes = sources.source(of: file).end(of: file.path) ?? file.size
            account.pending = account.bytes
            return account
        }
    }

    private func account(
        of file: TranscriptFile, _ open: any Transcript, _ stored: Cursor, _ held: [HeldSpan]
    ) throws(FileError) -> Account {
        var account = Account(of: file)
        let cursor = try open.following(stored)
        account.generation = cursor.generation
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
                account.addHole(HeldSpan.gap(around: entry.bytes, in: spans, end: cursor.offset))
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

/// What became of the bytes of one transcript: captured + pending + excluded + missing is what lies on disk.
package struct Account: Sendable, Equatable {
    package var path: String
    package var session: SessionID?
    package var agentID: String?
    package var bytes: Int64 = 0
    /// Lines that an episode holds.
    package var captured: Int64 = 0
    /// Lines behind the cursor that will be captured, and a last line that is not whole yet.
    package var pending: Int64 = 0
    /// Bytes of which nothing is kept, by reason.
    package var excluded: [String: Int64] = [:]
    /// Lines before the cursor that no episode holds: lost.
    package var missing: Int64 = 0
    /// Why the file could not be read, should that be so.
    package var trouble: String?
    /// The stretches in which lines are missing, in their order.
    private(set) var holes: [Range<Int64>] = []
    var configDirectory: String
    var generation: Int64 = 0

    package init(of file: TranscriptFile) {
        path = file.path
        session = file.session
        agentID = file.agentID
        configDirectory = file.configDirectory
    }

    /// The account of what nobody can look into.
    package init(of place: UnreachablePlace) {
        self.init(of: TranscriptFile(path: place.path, configDirectory: "", session: nil, agentID: nil))
        trouble = "\(place.path): \(place.reason)"
    }

    fileprivate mutating func addHole(_ hole: Range<Int64>) { if holes.last != hole { holes.append(hole) } }

    fileprivate mutating func takeMissingForCaptured() {
        captured += missing
        missing = 0
        holes = []
    }

    package var excludedBytes: Int64 { excluded.values.reduce(0, +) }
}

/// What one episode, in Redis or in the archive, holds of a file.
package struct HeldSpan: Sendable {
    package let generation: Int64
    package let bytes: Range<Int64>
    /// Of its entries.
    var uuids: Set<String>
    var filterMark: String
    var isDiscarded: Bool

    package init(
        generation: Int64, bytes: Range<Int64>, uuids: Set<String>, filterMark: String, isDiscarded: Bool
    ) {
        self.generation = generation
        self.bytes = bytes
        self.uuids = uuids
        self.filterMark = filterMark
        self.isDiscarded = isDiscarded
    }

    /// Whether episodes hold all of a line. One that a person discarded did; one that was filtered by other rules holds
    /// what those kept.
    static func hold(_ line: TranscriptEntry, in spans: [HeldSpan], filterMark: String) -> Bool {
        let own = spans.filter { $0.bytes.overlaps(line.bytes) }
        guard !own.isEmpty else { return false }
        if own.contains(where: { $0.isDiscarded || $0.filterMark != filterMark }) { return true }
        return line.entries.allSatisfy { entry in
            entry.uuid.isEmpty || own.contains { $0.uuids.contains(entry.uuid) }
        }
    }

    /// What lies between the episodes before and behind a line: an episode that is gone covered that, since they lie end
    /// to end. The line alone where one reaches into it.
    static func gap(around line: Range<Int64>, in spans: [HeldSpan], end: Int64) -> Range<Int64> {
        guard !spans.contains(where: { $0.bytes.overlaps(line) }) else { return line }
        let lower = spans.map(\.bytes.upperBound).filter { $0 <= line.lowerBound }.max() ?? 0
        let upper = spans.map(\.bytes.lowerBound).filter { $0 >= line.upperBound }.min() ?? end
        return lower..<max(upper, line.upperBound)
    }

    fileprivate static func uuids(in content: String) -> Set<String> {
        var found: Set<String> = []
        for line in content.utf8.split(separator: 10) {
            if let uuid = PayloadScanner.strings(of: Array(line), named: ["uuid"])?["uuid"] { found.insert(uuid) }
        }
        return found
    }
}

extension RedisConnection {
    /// What all episodes of a pool hold, by file. One whose content does not match its checksum holds nothing.
    package mutating func heldSpans(_ queue: EpisodeQueue) throws(RedisError) -> [FileID: [HeldSpan]] {
        var held: [FileID: [HeldSpan]] = [:]
        var position: String?
        repeat {
            // Few at a time: each may bring a quarter of a megabyte.
            let page = try walk(queue, from: position, count: 50)
            position = page.next
            for record in try ask(queue.episodes(page.ids)).compactMap({ $0 }) {
                guard let file = record.file, let content = record.content ?? record.discardedAt.map({ _ in "" }),
                    record.discardedAt != nil || SHA256.hexadecimal(of: content) == record.sha256
                else { continue }
                held[file, default: []].append(
                    HeldSpan(
                        generation: record.generation, bytes: record.bytes, uuids: HeldSpan.uuids(in: content),
                        filterMark: record.filterMark, isDiscarded: record.discardedAt != nil))
            }
        } while position != nil
        return held
    }
}
