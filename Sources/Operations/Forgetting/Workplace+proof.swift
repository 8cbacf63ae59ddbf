internal import Archive
internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// That it is gone is not believed but looked for: in every key of Redis, in every row of the archive, in every byte of every
/// file that is ours.
extension Workplace {
    /// - Parameters:
    ///   - samples: pieces of what was removed, for what has no text of its own to be looked for.
    ///   - wasSaid: whether words are, or were, to be removed.
    func prove(_ search: ForgetSearch, samples: [String], wasSaid: Bool) throws -> ForgetAnswer.Proof {
        var proof = ForgetAnswer.Proof()
        var connection = try connect(.companion)
        for step in placesOfWords {
            for (what, count) in try step.find(search).counts {
                proof.remains.append("\(count) \(what) in \(step.place)")
            }
        }
        var pieces = search.wish.text.map { [$0] } ?? []
        if pieces.isEmpty { pieces = try ownPieces(samples, &connection) }
        proof.pieces = pieces.count
        if pieces.isEmpty, wasSaid {
            proof.unseen.append(
                "whether a file holds something of it: what was said is known no more, or too short to be looked for; 'holdfast forget --text' looks for words that you know"
            )
        }
        if let text = search.wish.text {
            proof.remains += try connection.keys(holding: text, of: settings.keys).map { "the key \($0) of Redis" }
        }
        try askOfServer(&proof, &connection)
        try askOfOthers(&proof, &connection)
        if !settings.configuration.remote.url.isEmpty, HostCopy(settings: settings, host: host).isForgetting {
            proof.unseen.append(
                "the second copy: its history is cut with the next sync, at once by 'holdfast remote sync --force'")
        }
        if let reason = search.unseenAway { proof.unseen.append("sessions that the second copy has: \(reason)") }
        let spellings = FileSearch(pieces.flatMap(\.spellings))
        let packs = settings.state.vault + "/"
        for path in ownFiles {
            proof.files += 1
            if !path.hasPrefix(packs), FileSearch.isCompressed(path) {
                proof.unseen.append("what stands in \(path), which is compressed; see to it yourself")
            }
            proof.bytes += (try? Files.status(path).st_size).map(Int64.init) ?? 0
            do throws(FileError) {
                if try spellings.firstFound(in: path) != nil { proof.remains.append("the file \(path)") }
            } catch {
                proof.unseen.append("\(error)")
            }
        }
        return proof
    }

    /// Those of the samples that nobody else said.
    private func ownPieces(_ samples: [String], _ connection: inout RedisConnection) throws -> [SoughtText] {
        // The longest say the most.
        let longest = Set(samples).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        let pieces = longest.compactMap(SoughtText.init).prefix(TextSample.limit)
        let others = try archiveStore.openToRead()?.holding(Array(pieces)) ?? pieces.map { _ in false }
        return try zip(pieces, others).filter { !$0.1 }.map(\.0).filter { piece in
            try connection.keys(holding: piece, of: settings.keys).isEmpty
        }
    }

    /// Has the server write its files anew, after which they hold nothing that was removed.
    private func askOfServer(_ proof: inout ForgetAnswer.Proof, _ connection: inout RedisConnection) throws {
        let isOwn = settings.configuration.usesEmbeddedRedis
        switch try ServerFiles.writeAnew(over: &connection) {
        case .none: break
        case .written:
            if !isOwn {
                proof.unseen.append(
                    "the files of Redis at \(try settings.redisURL()): it wrote them anew after the removal, and they cannot be read from here; nor can copies that somebody made of them"
                )
            }
        case .refused(let reason):
            proof.unseen.append(
                "the files of Redis: \(reason); what was removed stands in them until they are written anew")
        }
        if case .cluster? = settings.redisUpstream?.kind {
            proof.unseen.append("the files of the cluster's other nodes: each writes its own anew in its time")
        }
        let replicas = try ServerFiles.replicas(over: &connection)
        if replicas > 0 { proof.unseen.append("\(replicas) replicas of Redis, with files of their own") }
    }

    /// Archives and state folders of other hosts hold what was said there.
    private func askOfOthers(_ proof: inout ForgetAnswer.Proof, _ connection: inout RedisConnection) throws {
        if let owner = try foreignArchiveOwner() {
            proof.unseen.append(
                "the archive of this host's pool: the companion of \(owner) has it; run 'holdfast forget' there, too")
        }
        for other in try connection.ask(registry.companionHosts) where other != host {
            proof.unseen.append(
                "the state folder of \(other), and its archive where it has one of its own; run 'holdfast forget' there, too"
            )
        }
    }

    /// All files of the state folder, and the archive wherever it lies.
    private var ownFiles: [String] {
        var files: [String] = []
        var folders = [settings.state.path]
        while let folder = folders.popLast() {
            for name in ((try? Files.names(in: folder)) ?? []).sorted() {
                let path = "\(folder)/\(name)"
                // Links are not followed: what they lead to is not ours.
                guard let status = try? Files.status(path, followingLinks: false) else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: folders.append(path)
                case S_IFREG: files.append(path)
                default: break
                }
            }
        }
        let archive = settings.archivePath(host: host)
        let folder = archive.lastIndex(of: "/").map { String(archive[..<$0]) } ?? "."
        let beside = ((try? Files.names(in: folder)) ?? []).map { "\(folder)/\($0)" }.filter { $0.hasPrefix(archive) }
        return files + beside.filter { !files.contains($0) && Files.isRegularFile($0) }
    }
}
