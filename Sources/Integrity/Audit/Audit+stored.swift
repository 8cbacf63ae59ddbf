internal import Archive
internal import Capture
internal import Chronicle
internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts
internal import Vault

/// What is stored: that it is there, and, deep, that every byte of it is what was.
extension Audit {
    func archive(_ report: inout AuditReport, isDeep: Bool) throws {
        let store = ArchiveStores.at(settings.archivePath(host: host))
        let opened: (any ArchiveReading)?
        do throws(ArchiveError) {
            opened = try store.openToRead()
        } catch {
            guard case .corrupt(let reason) = error else { throw error }
            return report.findings.append(Finding(.archive_damaged, store.place, reason))
        }
        guard let archive = opened else {
            // Who owns it found that a moment ago.
            if store.wasDamaged {
                return report.findings.append(
                    Finding(.archive_damaged, store.place, "it was damaged, and is made anew"))
            }
            // One that was never made is missed by nobody; its mark says that it was.
            if Files.exists(store.place + ".id") || hadArchive(at: store.place) {
                report.findings.append(Finding(.archive_missing, store.place))
            }
            return
        }
        report.looked("archives", 1)
        if !store.isMarked(as: archive.id) {
            report.findings.append(Finding(.mark_damaged, store.place, "it says another archive's name, or none"))
        }
        guard isDeep else { return }
        do throws(ArchiveError) {
            try archive.check()
            try archive.checkSearch()
            var after: EpisodeID?
            repeat {
                let page = try archive.sums(after: after, limit: 64)
                report.looked("episodes", page.looked)
                report.bytes += page.bytes
                for id in page.damaged where try !archive.isHeldOtherwise(id) {
                    report.findings.append(Finding(.episode_damaged, id.rawValue, episodes: 1))
                }
                report.findings += page.alteredMemories.map { Finding(.memory_damaged, $0.rawValue) }
                after = page.looked < 64 ? nil : page.last
            } while after != nil
        } catch {
            guard case .corrupt(let reason) = error else { throw error }
            return report.findings.append(Finding(.archive_damaged, store.place, reason))
        }
        guard let missing = try MissingEpisodes(CheckpointStore(settings.state)).look(in: archive), missing.count > 0
        else { return }
        var finding = Finding(
            .episode_missing, missing.checkpoint, "\(counted(missing.count, "episode")) of it not in \(store.place)")
        finding.episodes = Int64(missing.count)
        report.findings.append(finding)
    }

    /// Whether the companion had the archive here last: that of a pool may be on another host.
    private func hadArchive(at place: String) -> Bool {
        // One that cannot be read says nothing.
        let text = (try? Files.read(settings.state.archiveMark, limit: 8192)) ?? ""
        let words = text.split(separator: "\n").first?.split(separator: " ", maxSplits: 3) ?? []
        return words.count == 4 && words[2] == "own" && words[3] == place
    }

    /// Whether what the cursors say was captured is in the queue or in the archive.
    func ledger(_ report: inout AuditReport, _ connection: inout RedisConnection?) throws {
        let archive = readableArchive, files = HostTranscripts(settings: settings).files
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        guard let archive, try isArchiveHere(&connection, queue) else { return }
        guard !ArchiveStores.at(settings.archivePath(host: host)).needsRebuilding, !ArchiveFill.isAsked(settings.state)
        else { return report.unseen.append("transcripts: the archive is being made anew") }
        let accounts = try connection?.accounts(of: files, Ledger(settings: settings, host: host)) { ids in
            (try? archive.heldSpans(of: ids))?.mapValues { $0.map(HeldSpan.init) }
        }
        guard let accounts else { return }
        report.looked("transcripts", accounts.count)
        for account in accounts where account.missing > 0 {
            var finding = Finding(
                .words_missing, account.path, "\(account.missing) bytes of it were captured, and are nowhere",
                session: account.session?.rawValue ?? "")
            finding.bytes = account.missing
            report.findings.append(finding)
        }
    }

    func vault(_ report: inout AuditReport, isDeep: Bool) throws {
        guard let vault = try Vault.openIfThere(settings), try !vault.isEmpty || !hadVault() else {
            if try hadVault() {
                report.findings.append(
                    Finding(.vault_missing, settings.state.vault, "a checkpoint says that there was one"))
            }
            return
        }
        if let reason = vault.remade { report.findings.append(Finding(.vault_damaged, vault.folder, reason)) }
        if try !vault.isAgreed() {
            report.findings.append(
                Finding(.vault_damaged, vault.folder, "its index does not say all that lies in the packs"))
        }
        let counts = try vault.counts()
        if isDeep {
            let check = try vault.verify()
            report.looked("segments", check.checked)
            report.bytes += check.bytes
            report.findings += check.damaged.map { Self.finding(.segment_damaged, $0) }
            report.findings += check.locked.map { Self.finding(.segment_locked, $0) }
        } else {
            report.looked("segments", Int(counts.segments))
            report.findings += try vault.damaged().map { Self.finding(.segment_damaged, $0) }
        }
        for pack in try vault.missingPacks() { report.findings.append(Finding(.pack_missing, pack)) }
    }

    /// Whether the latest checkpoint knows of packs: the vault is never emptied but by a person.
    private func hadVault() throws -> Bool {
        guard settings.configuration.vault.isOn else { return false }
        let store = CheckpointStore(settings.state)
        return try store.ids().lazy.compactMap { try? store.checkpoint($0) }.first?.vault.isEmpty == false
    }

    private static func finding(_ kind: Finding.Kind, _ segment: DamagedSegment) -> Finding {
        Finding(
            kind, segment.segment,
            "\(segment.reason); bytes \(segment.range.lowerBound) to \(segment.range.upperBound) of \(segment.file)",
            session: segment.session?.rawValue ?? "", bytes: Int64(segment.range.count))
    }

    /// Blocks that no checkpoint names, unless one is being made now.
    private func unnamed(_ named: [String: String], in store: CheckpointStore) throws -> Int {
        try store.exclusively { try store.blocks.digests().count { named[$0] == nil } } ?? 0
    }

    func chronicle(_ report: inout AuditReport, isDeep: Bool) throws {
        let file = settings.state.chronicle
        var trouble: String?
        do throws(ChronicleError) {
            if let chronicle = try Chronicle.openToRead(file) {
                report.looked("chronicles", 1)
                if isDeep { try chronicle.check() }
            } else if !Files.exists(file), Files.exists(file + "-wal") {
                trouble = "it is gone"
            }
        } catch {
            guard case .damaged(let reason) = error else { throw error }
            trouble = reason
        }
        // Asked last: who writes it may begin it anew while this looks, and there is none, or one without tables, for a
        // moment.
        if let reason = Chronicle.begunAnew(file) ?? trouble {
            report.findings.append(Finding(.chronicle_damaged, file, reason))
        }
    }

    func checkpoints(_ report: inout AuditReport, isDeep: Bool) throws {
        let store = CheckpointStore(settings.state)
        var named: [String: String] = [:]
        for id in try store.ids() {
            report.looked("checkpoints", 1)
            do throws(IntegrityError) {
                for digest in try store.checkpoint(id).blocks { named[digest] = id }
            } catch {
                guard case .damaged(_, let reason) = error else { throw error }
                report.findings.append(Finding(.checkpoint_damaged, id, reason))
            }
        }
        // Of a checkpoint that is damaged nobody knows the blocks.
        let isKnown = !report.findings.contains { $0.kind == .checkpoint_damaged }
        let left = isKnown ? try unnamed(named, in: store) : 0
        if left > 0 {
            report.findings.append(
                Finding(
                    .block_without_checkpoint, store.folder,
                    "\(counted(left, "block")) of it in no checkpoint; the next that is made takes \(left == 1 ? "it" : "them") away"
                ).with(.orphan))
        }
        for (digest, id) in named.sorted(by: { $0.key < $1.key }) {
            report.looked("blocks", 1)
            guard isDeep else {
                if !Files.exists(store.blocks.file(digest)) {
                    report.findings.append(Finding(.block_missing, digest, "checkpoint \(id)"))
                }
                continue
            }
            do throws(IntegrityError) {
                report.bytes += Int64(try store.blocks.block(digest).count)
            } catch {
                guard case .damaged(_, let reason) = error else { throw error }
                let kind: Finding.Kind = Files.exists(store.blocks.file(digest)) ? .block_damaged : .block_missing
                report.findings.append(Finding(kind, digest, "\(reason); checkpoint \(id)"))
            }
        }
    }
}
