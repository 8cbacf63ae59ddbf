internal import Domain
internal import Glibc
package import Platform
package import Redis
package import Settings
internal import Storage
internal import Transcripts

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
