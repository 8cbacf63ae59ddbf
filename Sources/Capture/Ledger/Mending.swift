package import Domain
internal import Platform
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// Reads again, from the transcripts that still have it, what the ledger misses: an episode that Redis threw away, that a
/// hand deleted, that came back damaged. The cursors stay where they are; what other episodes hold is not read again.
package struct Mending: Sendable {
    package struct Outcome: Sendable, Equatable {
        package var episodes = 0
        package var bytes: Int64 = 0
        /// What could not be mended, and why; a sentence for each file.
        package var troubles: [String] = []

        package init() {}
    }

    private let settings: Settings
    private let host: String
    private let queue: EpisodeQueue
    private let sources: TranscriptSources

    package init(settings: Settings, host: String, sources: TranscriptSources = .standard) {
        self.settings = settings
        self.host = host
        self.sources = sources
        queue = EpisodeQueue(keys: settings.poolKeys(host: host))
    }

    /// - Parameter accounts: of files of this host, as the ledger gave them.
    package func run(
        _ accounts: [Account], over connection: inout RedisConnection
    ) throws(RedisError) -> Outcome {
        var outcome = Outcome()
        for account in accounts where !account.holes.isEmpty {
            do throws(Obstacle) {
                for hole in account.holes { try mend(hole, of: account, &outcome, &connection) }
            } catch {
                switch error {
                case .redis(let error): throw error
                case .other(let reason): outcome.troubles.append("\(account.path): \(reason)")
                }
            }
        }
        return outcome
    }

    private enum Obstacle: Error {
        case redis(RedisError)
        case other(String)
    }

    private func mend(
        _ hole: Range<Int64>, of account: Account, _ outcome: inout Outcome, _ connection: inout RedisConnection
    ) throws(Obstacle) {
        let file = TranscriptFile(
            path: account.path, configDirectory: account.configDirectory, session: account.session,
            agentID: account.agentID)
        let transcript: any Transcript
        do throws(TranscriptRefusal) {
            transcript = try sources.source(of: file).open(
                file.path, in: file.configDirectory.isEmpty ? nil : file.configDirectory)
        } catch {
            throw .other("\(error)")
        }
        let id = FileID(host: host, path: transcript.path)
        let origin: EpisodeOrigin?
        do throws(RedisError) {
            origin = try EpisodeOrigin.find(
                for: file, settings: settings, host: host, sources: sources, over: &connection)
        } catch {
            throw .redis(error)
        }
        guard let origin else { throw .other("it names no session") }
        let span = Part(file: id, generation: account.generation, bytes: hole)
        let episodes: [EpisodeSpan.Episode]
        do throws(FileError) {
            episodes = try read(span, of: transcript, session: origin.session, isSubagent: origin.agentID != nil)
        } catch {
            throw .other("\(error)")
        }
        guard !episodes.isEmpty else { return }
        // Whoever captures at this moment moves the cursor; ours is then compared anew.
        for _ in 0..<5 {
            do throws(RedisError) {
                // One whose content is not what was captured is in the way: it has the same name.
                for episode in episodes { try clear(episode, &connection) }
                let stored = try connection.ask(queue.cursor(of: id))
                guard stored.generation == account.generation else { return }
                let push = EpisodeSpan(
                    file: id, path: transcript.path, from: stored, to: stored,
                    limit: settings.configuration.queueMaxSize, origin: origin,
                    filterMark: settings.configuration.filter.mark, episodes: episodes)
                switch try connection.run(queue.pushing(push)) {
                case .pushed:
                    outcome.episodes += episodes.count
                    outcome.bytes += Int64(hole.count)
                    return
                case .moved: continue
                case .full: break
                }
            } catch {
                throw .redis(error)
            }
            throw .other("the queue is full")
        }
        throw .other("another process captures it")
    }

    private func clear(_ episode: EpisodeSpan.Episode, _ connection: inout RedisConnection) throws(RedisError) {
        guard let record = try connection.ask(queue.episodes([episode.id])).first ?? nil, record.discardedAt == nil,
            let content = record.content, SHA256.hexadecimal(of: content) != record.sha256
        else { return }
        _ = try connection.ask(queue.forgetting(episode.id))
        _ = try connection.run(queue.reconciling([episode.id]))
    }

    /// A stretch of one transcript.
    struct Part {
        var file: FileID
        var generation: Int64
        var bytes: Range<Int64>
    }

    private func rules(_ session: SessionID, isSubagent: Bool) throws(FileError) -> ReadingRules {
        let exclusions = try Exclusions(of: session, isSubagent: isSubagent, state: settings.state, sources: sources)
        return ReadingRules(
            policy: settings.configuration.filter, redactor: settings.configuration.redactor, exclusions: exclusions)
    }

    /// The texts of which an episode keeps digests, read again.
    /// - Parameters:
    ///   - sums: of the marks of those that are wanted.
    ///   - copy: of the transcript; nil for that itself.
    /// - Returns: by the sums. A text that reads otherwise by now, or may not be kept any more, is not among them.
    package func texts(
        _ sums: Set<String>, of file: FileID, _ bytes: Range<Int64>, generation: Int64, from copy: String? = nil,
        at path: String, _ session: SessionID, isSubagent: Bool
    ) -> [String: String] {
        guard file == FileID(host: host, path: path),
            let transcript = try? sources.source(of: path).open(copy ?? path, in: nil),
            var rules = try? rules(session, isSubagent: isSubagent)
        else { return [:] }
        rules.sought = sums
        guard let start = try? transcript.cursor(at: bytes.lowerBound, generation: generation),
            var reader = try? transcript.reader(from: start, rules)
        else { return [:] }
        while let entry = reader.next(), entry.bytes.upperBound < bytes.upperBound {}
        return reader.found
    }

    /// The episodes of a stretch, cut as they were.
    private func read(
        _ part: Part, of transcript: any Transcript, session: SessionID, isSubagent: Bool
    ) throws(FileError) -> [EpisodeSpan.Episode] {
        let rules = try rules(session, isSubagent: isSubagent)
        let start = try transcript.cursor(at: part.bytes.lowerBound, generation: part.generation)
        var reader = try transcript.reader(from: start, rules)
        var builder = EpisodeBuilder(file: part.file, from: start)
        var episodes: [EpisodeSpan.Episode] = []
        while let entry = reader.next(), entry.bytes.upperBound <= part.bytes.upperBound {
            episodes += builder.add(entry).flatMap { $0 }
        }
        if let failure = reader.failure { throw failure }
        return episodes + (builder.finish(at: part.bytes.upperBound) ?? [])
    }

    /// What an episode held, read again from its transcript, where that is still what it was.
    /// - Returns: nil where it does not give what its checksum says: the source is gone, or redacted by other rules.
    package func content(of record: EpisodeRecord) -> String? {
        guard let file = record.file, let session = SessionID(rawValue: record.sessionID) else { return nil }
        let part = Part(file: file, generation: record.generation, bytes: record.bytes)
        return content(
            of: part, sha256: record.sha256, from: record.sessionFile, at: record.sessionFile, session,
            isSubagent: !record.agentID.isEmpty)
    }

    /// The same from a copy of its transcript that lies elsewhere.
    /// - Parameter copy: as long as the transcript was.
    package func content(
        of file: FileID, _ bytes: Range<Int64>, generation: Int64, sha256: String, from copy: String, at path: String,
        _ session: SessionID, isSubagent: Bool
    ) -> String? {
        let part = Part(file: file, generation: generation, bytes: bytes)
        return content(of: part, sha256: sha256, from: copy, at: path, session, isSubagent: isSubagent)
    }

    private func content(
        of part: Part, sha256: String, from copy: String, at path: String, _ session: SessionID, isSubagent: Bool
    ) -> String? {
        guard part.file == FileID(host: host, path: path),
            let transcript = try? sources.source(of: path).open(copy, in: nil)
        else { return nil }
        // What cannot be read now says nothing; the episode is kept as it is then.
        let episodes = try? read(part, of: transcript, session: session, isSubagent: isSubagent)
        return episodes?.first { SHA256.hexadecimal(of: $0.content) == sha256 }?.content
    }
}
