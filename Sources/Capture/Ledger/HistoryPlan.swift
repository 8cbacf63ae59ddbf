package import Domain
internal import Glibc
package import Redis
package import Storage

/// What capturing transcripts of before would bring and cost.
package struct HistoryPlan: Sendable {
    /// One transcript that was never captured to its end.
    package struct Item: Sendable {
        package var file: TranscriptFolder.File
        package var origin: EpisodeOrigin
        package var episodes: Int
        /// Bytes of text in them.
        package var textBytes: Int64
    }

    package private(set) var items: [Item] = []

    /// A token is about four bytes of English; what a model answers to an episode is about 500 tokens.
    private static let bytesPerToken: Int64 = 4
    private static let answerTokens: Int64 = 500

    package var episodes: Int { items.reduce(0) { $0 + $1.episodes } }
    package var tokens: Int64 { items.reduce(0) { $0 + $1.textBytes } / Self.bytesPerToken }

    /// In US dollars, at the configured prices.
    package func price(_ configuration: Configuration) -> Double {
        (Double(tokens) * configuration.inputPrice
            + Double(Int64(episodes) * Self.answerTokens) * configuration.outputPrice) / 1e6
    }

    /// - Parameters:
    ///   - since: ms since 1970; older files are left out.
    ///   - project: only sessions of this folder or below.
    ///   - onFile: told of each file looked at and how many there are.
    package init(
        settings: Settings, host: String, since: Int64, project: String?, over connection: inout RedisConnection,
        onFile: (Int, Int) -> Void = { _, _ in }
    ) throws(RedisError) {
        let files = Transcripts(settings: settings).files.filter { $0.modifiedMilliseconds >= since && $0.size > 0 }
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        let redactor = settings.configuration.redactor
        for (index, file) in files.sorted(by: { $0.modifiedMilliseconds > $1.modifiedMilliseconds }).enumerated() {
            onFile(index + 1, files.count)
            if let project, !Self.isOf(project, file) { continue }
            guard let open = try? TranscriptFile(file.path, configDirectory: file.configDirectory) else { continue }
            let id = FileID(host: host, path: open.path)
            let stored = try connection.cursor(of: id, queue)
            let cursor = stored.following(size: open.size, tail: open.tailHash(before: stored.offset))
            guard cursor.offset < open.size else { continue }
            guard
                let origin = try EpisodeOrigin.find(for: file, settings: settings, host: host, over: &connection)
            else { continue }
            var reader = TranscriptReader(
                open.descriptor, named: open.path, from: cursor.offset, policy: settings.configuration.filter,
                redactor: redactor, excluded: RecordingGaps(state: settings.state, session: origin.session).ranges)
            var builder = EpisodeBuilder(file: id, from: cursor)
            var episodes = 0
            var bytes = 0
            while let entry = reader.next(), reader.ownWork == nil {
                episodes += builder.add(entry).reduce(0) { $0 + $1.count }
                bytes += entry.textCount
            }
            episodes += builder.isEmpty ? 0 : 1
            guard reader.ownWork == nil, episodes > 0 else { continue }
            items.append(Item(file: file, origin: origin, episodes: episodes, textBytes: Int64(bytes)))
        }
    }

    private static func isOf(_ project: String, _ file: TranscriptFolder.File) -> Bool {
        let wanted = ProjectPath.normalised(project)
        let cwd = ProjectPath.normalised(TranscriptHead(path: file.path).cwd)
        return cwd == wanted || cwd.hasPrefix(wanted + "/")
    }
}
