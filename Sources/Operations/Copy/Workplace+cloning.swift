internal import Archive
internal import Chronicle
internal import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import SecondCopy
internal import Settings
internal import Storage

extension Workplace {
    /// Gives everything back that a copy holds, of all hosts. What is here stays.
    /// - Parameter url: nil for that of the settings.
    package func cloneRemote(_ url: String?) async throws -> RemoteClone {
        guard let place = RemotePlace(settings, host: host, url: url) else {
            throw Failure(.usage, "no address is given, and none is set", remedy: "holdfast remote clone URL")
        }
        guard !CompanionStarter(settings: settings).isCompanionRunning else {
            throw Failure(
                .busy, "a companion runs, which has archive and vault open",
                remedy: "'holdfast down' first; 'holdfast up' afterwards takes in what came")
        }
        let seal = try translated { () throws(CopyError) in try place.seal() }
        let transport = try translated { () throws(CopyError) in try place.transport() }
        let sink = try translated { () throws(CopyError) in try HostReturn(settings) }
        let report: CopyClone.Report
        do throws(CopyError) { report = try await CopyClone.run(from: transport, seal, into: sink) } catch {
            throw Failure(error)
        }
        let said = try await sink.end()
        let keys = try giveBackKeys(said)
        return RemoteClone(
            url: place.url, items: report.items, bytes: report.bytes, hosts: report.hosts.sorted(),
            came_back: await sink.counts, keys: keys, failures: report.failures.map { "\($0.item): \($0.error)" },
            locked: report.lockedMarks, is_whole: report.isWhole)
    }

    /// The archive of the latest checkpoint, where there is none; sessions, bindings and queue of the latest of each host, and
    /// what was said last under each key. Redis is started for it, and with it the companion: so the archive comes first.
    private func giveBackKeys(_ conversations: [String]) throws -> Int {
        let store = CheckpointStore(settings.state), now = HostClock.wallMilliseconds
        var latest: [CheckpointRestore] = []
        for id in try store.ids() {
            // One that was made while Redis was away has no keys; of one that lacks a block an older one may be whole.
            guard let checkpoint = try? store.checkpoint(id), checkpoint.redis != nil,
                !latest.contains(where: { $0.checkpoint.host == checkpoint.host }),
                let restore = try? CheckpointRestore(id, settings: settings, host: host)
            else { continue }
            latest.append(restore)
        }
        if try archiveStore.openToRead() == nil, let restore = latest.first(where: { $0.checkpoint.archive != nil }) {
            _ = try restore.archive()
        }
        // Whoever asks for all to come back wants it to be served: what a person stopped before counts no more.
        Files.remove(settings.state.stopMark)
        var connection = try connectStarting(.companion)
        var count = 0
        for restore in latest {
            let tally = try restore.keys(over: &connection, isDryRun: false, now: now)
            count += tally.missing + tally.replaced
        }
        // Which of several a key has was decided for all hosts, and not by their clocks.
        for binding in BindingMirror(folder: settings.state.bindings).all {
            guard try connection.ask(registry.binding(binding.dispatchKey))?.sessionID != binding.sessionID else {
                continue
            }
            let age = settings.configuration.ages.milliseconds(for: binding.dispatchKey)
            if try connection.bind(as: binding, in: registry, ageMilliseconds: age, now: now) { count += 1 }
        }
        for path in conversations {
            guard let key = DumpedKey(json: try Files.bytes(path, limit: 8 << 20)) else { continue }
            let end = now + settings.configuration.conversations.timeoutHours * 3_600_000
            let lasting = DumpedKey(key.key, key.value, expiresMilliseconds: end)
            if try connection.giveBack(lasting, in: settings.keys, now: now) != .stays { count += 1 }
            Files.remove(path)
        }
        return count
    }
}
