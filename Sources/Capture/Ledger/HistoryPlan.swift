internal import Domain
internal import Glibc
package import Platform
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// What capturing transcripts of before would bring and cost.
package struct HistoryPlan: Sendable {
    /// Transcripts that are not captured to their end, the youngest first.
    package private(set) var items: [(file: TranscriptFile, part: UncapturedPart)] = []

    /// A token is about four bytes of English; what a model answers to an episode is about 500 tokens.
    private static let bytesPerToken: Int64 = 4
    private static let answerTokens: Int64 = 500

    package var episodes: Int { items.reduce(0) { $0 + $1.part.episodes } }
    package var tokens: Int64 { items.reduce(0) { $0 + $1.part.textBytes } / Self.bytesPerToken }

    /// In US dollars, at the configured prices.
    package func price(_ configuration: Configuration) -> Double {
        let answers = Double(Int64(episodes) * Self.answerTokens)
        return (Double(tokens) * configuration.inputPrice + answers * configuration.outputPrice) / 1e6
    }

    /// - Parameters:
    ///   - since: ms since 1970; older files are left out.
    ///   - project: only sessions of this folder or below.
    ///   - onFile: told of each file looked at and how many there are.
    package init(
        settings: Settings, host: String, since: Int64, project: String?, over connection: inout RedisConnection,
        onFile: (Int, Int) -> Void = { _, _ in }
    ) throws(RedisError) {
        let files = Self.files(settings: settings, since: since, project: nil)
        for (index, file) in files.enumerated() {
            onFile(index + 1, files.count)
            if let project, !Self.isOf(project, file) { continue }
            guard let part = try UncapturedPart(of: file, settings: settings, host: host, over: &connection) else {
                continue
            }
            items.append((file, part))
        }
    }

    /// Transcripts of before, the youngest first.
    package static func files(settings: Settings, since: Int64, project: String?) -> [TranscriptFile] {
        HostTranscripts(settings: settings).files
            .filter { $0.modifiedMilliseconds >= since && $0.size > 0 }
            .filter { file in project.map { isOf($0, file) } ?? true }
            .sorted { $0.modifiedMilliseconds > $1.modifiedMilliseconds }
    }

    private static func isOf(_ project: String, _ file: TranscriptFile) -> Bool {
        let wanted = ProjectPath.normalised(project, onWindows: ProjectPath.isOfWindows(project))
        let cwd = TranscriptSources.standard.source(of: file).head(of: file.path).cwd
        let folder = ProjectPath.normalised(cwd, onWindows: ProjectPath.isOfWindows(cwd))
        return [wanted, ProjectPath.normalised(project)].contains { folder == $0 || folder.hasPrefix($0 + "/") }
    }
}

extension HistoryPlan {
    /// Leaves a note for each transcript in `spool/history`, where the companion and `sync` find it.
    package func leaveNotes(settings: Settings, host: String) throws(FileError) {
        let history = Spool(folder: settings.state.spool).history
        try Files.makeFolder(history.folder)
        // The name of a note is its place in the order and the file's mark.
        let already = Set(
            history.names().compactMap { $0.split(separator: "+").dropFirst().first.map { String($0.prefix(32)) } })
        let now = HostClock.wallMilliseconds
        for (index, item) in items.enumerated() {
            let mark = FileID(host: host, path: item.file.path).rawValue
            guard !already.contains(mark) else { continue }
            let news = SessionNews(
                .worked, of: item.part.origin.session, key: item.part.origin.dispatchKey, at: HostClock.now(),
                host: host, maxSessionAgeMilliseconds: settings.configuration.ages.standardMilliseconds)
            try history.write(
                Note(
                    news: news,
                    capture: CaptureRequest(
                        path: item.file.path, configDirectory: item.file.configDirectory,
                        agentID: item.file.agentID)),
                named: "\(now + Int64(index))+\(mark)")
        }
    }

    /// Forgets how far this host's transcripts are captured and leaves a note for each, so that an archive that was lost
    /// is filled again. What Redis and archive have is not added twice.
    /// - Returns: how many transcripts.
    package static func captureAllAnew(
        settings: Settings, host: String, over connection: inout RedisConnection
    ) throws(RedisError) -> Int {
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        for file in HostTranscripts(settings: settings).files {
            let id = FileID(host: host, path: Files.realPath(file.path) ?? file.path)
            _ = try connection.ask(queue.forgettingCursor(of: id))
        }
        let plan = try HistoryPlan(settings: settings, host: host, since: 0, project: nil, over: &connection)
        do throws(FileError) {
            try plan.leaveNotes(settings: settings, host: host)
        } catch {
            throw .rejected(message: "notes cannot be left in the spool: \(error)")
        }
        return plan.items.count
    }
}
