internal import Archive
internal import Chronicle
internal import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage

extension Workplace {
    private var checkpointStore: CheckpointStore { CheckpointStore(settings.state) }

    /// Makes a checkpoint of what there is now.
    /// - Throws: `Failure` where Redis is away, or another is made.
    package func makeCheckpoint() throws -> CheckpointRow {
        let made = try makeCheckpoint(.by_hand)
        return CheckpointRow(made, staysAs: "hourly")
    }

    private func makeCheckpoint(_ reason: Checkpoint.Reason) throws -> Checkpoint {
        var connection: RedisConnection? = try connectStarting(.companion)
        let now = HostClock.wallMilliseconds, watch = Stopwatch()
        guard let made = try CheckpointMaker(settings: settings, host: host).make(reason, over: &connection, now: now)
        else { throw Failure(.busy, "another checkpoint is made or restored", remedy: "wait for it") }
        var tally = ChoreTally()
        (tally.runs, tally.items, tally.bytes) = (1, Int64(made.parts.count), made.written_bytes)
        tally.took = Int64(watch.elapsed / .milliseconds(1))
        (tally.lastMilliseconds, tally.lastSuccessMilliseconds) = (now, now)
        // A report that cannot be written keeps nobody from a checkpoint.
        try? Chronicle.open(settings.state.chronicle).count(.checkpoint, tally)
        return made
    }

    /// The latest first.
    package func checkpoints() throws -> [CheckpointRow] {
        let store = checkpointStore
        var known: [Checkpoint] = [], rows: [CheckpointRow] = []
        for id in try store.ids() {
            do throws(IntegrityError) {
                known.append(try store.checkpoint(id))
            } catch {
                rows.append(CheckpointRow(unreadable: id, "\(error)"))
            }
        }
        let kept = CheckpointRetention().kept(known.map(\.made_ms))
        rows += known.map { CheckpointRow($0, staysAs: kept[$0.made_ms] ?? "") }
        return rows.sorted { $0.id > $1.id }
    }

    /// - Parameter id: whole, or its first characters.
    package func checkpoint(_ id: String) throws -> CheckpointDetail {
        let store = checkpointStore, checkpoint = try found(id)
        var damaged: [String] = []
        for digest in checkpoint.blocks.sorted() {
            do throws(IntegrityError) { _ = try store.blocks.block(digest) } catch { damaged.append("\(error)") }
        }
        return CheckpointDetail(checkpoint, damaged: damaged)
    }

    private func found(_ id: String) throws -> Checkpoint {
        do throws(IntegrityError) {
            return try checkpointStore.checkpoint(id)
        } catch {
            switch error {
            case .none: throw Failure(.no, "\(error)", category: .not_found)
            case .several: throw Failure(.usage, "\(error)")
            default: break
            }
            throw Failure(.no, "\(error)", category: .failed)
        }
    }

    /// Takes away those that need not stay.
    /// - Returns: their IDs.
    package func pruneCheckpoints() throws -> [String] {
        let store = checkpointStore
        guard let gone = try store.exclusively({ try store.prune(now: HostClock.wallMilliseconds) }) else {
            throw Failure(.busy, "another checkpoint is made or restored", remedy: "wait for it")
        }
        return gone
    }

    // MARK: - Restoring

    /// Says what a checkpoint would give back.
    package func previewCheckpoint(_ id: String) throws -> CheckpointReturn {
        let restore = try restore(of: id)
        var connection = try connectStarting(.companion)
        let keys = try restore.keys(over: &connection, isDryRun: true, now: HostClock.wallMilliseconds)
        return try answer(restore, keys, files: try restore.files().filter { $0.fate != .same })
    }

    /// Gives back what a checkpoint holds. What is there now is kept in a checkpoint of its own before. The companion is stopped
    /// while the archive is put in its place, and then reads what can be read of the other into it, and takes from Redis,
    /// transcripts and vault what came after the checkpoint.
    package func restoreCheckpoint(_ id: String) throws -> CheckpointReturn {
        let restore = try restore(of: id)
        let before = try makeCheckpoint(.before_restore)
        var connection = try connectStarting(.companion)
        let keys = try restore.keys(over: &connection, isDryRun: false, now: HostClock.wallMilliseconds)
        let files = try restore.files().filter { $0.fate != .same }
        var moved: String?
        let hadArchive = restore.checkpoint.archive != nil
        if hadArchive, try foreignArchiveOwner() == nil {
            let wasRunning = isAnythingRunning
            if wasRunning { _ = try stopCompanion() }
            // Whatever comes of it, it runs again.
            let outcome = Result { try checkpointStore.exclusively { try restore.archive() } ?? nil }
            _ = try restore.putBackFiles()
            if wasRunning { _ = try startCompanion(onReplaced: {}) }
            moved = try outcome.get()
        } else {
            _ = try restore.putBackFiles()
        }
        var answer = try answer(restore, keys, files: files)
        answer.before = before.id
        answer.archive?.moved_to = moved
        answer.isDone()
        return answer
    }

    private func restore(of id: String) throws -> CheckpointRestore {
        let whole = try found(id).id
        do throws {
            return try CheckpointRestore(whole, settings: settings, host: host)
        } catch let error as IntegrityError {
            throw Failure(
                .no, "\(error); nothing was restored", remedy: "see 'holdfast checkpoint list' for another",
                category: .failed)
        }
    }

    private func answer(
        _ restore: CheckpointRestore, _ keys: CheckpointRestore.KeyTally,
        files: [(file: SmallFile, fate: CheckpointRestore.FileFate)]
    ) throws -> CheckpointReturn {
        let checkpoint = restore.checkpoint
        let now = try archiveStore.openToRead()?.counts().episodes ?? 0
        return CheckpointReturn(
            id: checkpoint.id, made_at: Timestamp(checkpoint.made_ms), is_dry_run: true,
            keys: .init(
                there: keys.there, missing: keys.missing, replaced: keys.replaced, members: keys.members,
                unreadable: keys.unreadable),
            archive: checkpoint.archive.map { .init(episodes: $0.episodes, episodes_now: Int64(now), moved_to: nil) },
            files: files.map { .init(path: $0.file.place(settings), state: $0.fate.rawValue) },
            missing_packs: restore.missingPacks().map(\.name), before: nil)
    }
}
