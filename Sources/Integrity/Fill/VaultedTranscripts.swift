package import Archive
internal import Capture
package import Domain
internal import Glibc
internal import Platform
package import Settings
internal import Transcripts
internal import Vault

/// Transcripts that are gone, laid back for a moment where they stood, so that their words are captured from there.
package struct VaultedTranscripts {
    private let settings: Settings
    private let host: String

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
    }

    /// - Parameters:
    ///   - sessions: whose; nil for all that the vault has of this host.
    ///   - isNeeded: asked for the path of each before it is laid there.
    ///   - capture: gets settings and path while a transcript lies there, and says whether anything came of it.
    /// - Returns: how many files brought something.
    @discardableResult
    package func each(
        of sessions: [SessionID]? = nil, _ isNeeded: (String) throws -> Bool = { _ in true },
        _ capture: (Settings, String) throws -> Bool
    ) throws -> Int {
        guard let vault = try Vault.openIfThere(settings) else { return 0 }
        var apart = settings
        // What comes from the vault need not be handed to it.
        apart.configuration.vault.isOn = false
        var count = 0
        for session in try sessions ?? vault.sessions(limit: .max) {
            for file in try vault.session(session)?.files ?? [] where isWanted(file) {
                guard try isNeeded(file.generation.path), let laid = try lay(file, of: vault) else { continue }
                defer { laid.take() }
                if try capture(apart, laid.path) { count += 1 }
            }
        }
        return count
    }

    /// What episodes held, read from the vault's copies of their transcripts, whatever stands at the place of those now.
    /// - Returns: those that are what was captured, as lines of an export.
    package func lines(of episodes: [ArchivedEpisode]) throws -> [String] {
        guard let vault = try Vault.openIfThere(settings) else { return [] }
        let mending = Mending(settings: settings, host: host)
        var lines: [String] = []
        for (path, all) in Dictionary(grouping: episodes, by: \.episode.sessionFile) where !path.isEmpty {
            guard let session = all.first.flatMap({ SessionID(rawValue: $0.episode.sessionID) }) else { continue }
            try eachCopy(of: path, session, vault) { copy in
                lines += try all.compactMap { try mending.line(of: $0, from: copy) }
                return true
            }
        }
        return lines
    }

    /// The texts of which an episode keeps digests, from its transcript or the vault's copies of that.
    /// - Parameter sums: of the marks of those that are wanted.
    package func texts(_ sums: Set<String>, of episode: StoredEpisode) -> [String: String] {
        guard let file = episode.file, let session = SessionID(rawValue: episode.sessionID),
            file == FileID(host: host, path: episode.sessionFile)
        else { return [:] }
        let mending = Mending(settings: settings, host: host), path = episode.sessionFile
        func texts(_ sums: Set<String>, from copy: String?) -> [String: String] {
            mending.texts(
                sums, of: file, episode.bytes, generation: episode.generation, from: copy, at: path, session,
                isSubagent: !episode.agentID.isEmpty)
        }
        var found = texts(sums, from: nil)
        guard found.count < sums.count else { return found }
        // A vault that cannot be read takes nothing away from what the transcript told.
        try? vaulted(of: path, session) { copy in
            found.merge(texts(sums.subtracting(found.keys), from: copy)) { own, _ in own }
            return found.count < sums.count
        }
        return found
    }

    private func vaulted(of path: String, _ session: SessionID, _ read: (String) throws -> Bool) throws {
        if let vault = try Vault.openIfThere(settings) { try eachCopy(of: path, session, vault, read) }
    }

    private static let reading = "reading-"

    /// Removes the copies that a process left which was killed while it read them.
    package func sweep() {
        let vault = settings.state.vault
        for name in (try? Files.names(in: vault)) ?? [] where name.hasPrefix(Self.reading) {
            let owner = name.dropFirst(Self.reading.count).prefix { $0 != "-" }
            guard let pid = Int32(owner), kill(pid, 0) != 0, errno == ESRCH else { continue }
            Files.removeFolder("\(vault)/\(name)")
        }
    }

    /// - Parameter read: gets the path of each copy that the vault has of a transcript; false ends it.
    private func eachCopy(of path: String, _ session: SessionID, _ vault: Vault, _ read: (String) throws -> Bool) throws
    {
        sweep()
        let folder = "\(settings.state.vault)/\(Self.reading)\(getpid())-\(UInt32.random(in: .min ... .max))"
        defer { Files.removeFolder(folder) }
        let name = path.split(separator: "/").last.map(String.init) ?? "transcript.jsonl"
        let states = try vault.session(session)?.files.flatMap { try vault.states(of: session, $0.name) } ?? []
        for file in states where file.generation.path == path {
            let copy = "\(folder)/\(name)"
            Files.remove(copy)
            try Files.makeFolder(folder)
            guard try write(file, of: vault, to: copy) else { continue }
            guard try read(copy) else { return }
        }
    }

    /// Whether it is a transcript of this host that its client has no more.
    private func isWanted(_ file: KeptFile) -> Bool {
        let path = file.generation.path
        return file.name.hasSuffix(".jsonl") && file.generation.host == host && !Files.exists(path)
    }

    /// A file that stands where it was, until it is taken away again.
    private struct Laid {
        let path: String
        let identity: FileIdentity

        /// Unless its client has begun another there.
        func take() { if FileIdentity(path) == identity { Files.remove(path) } }
    }

    /// What may not be kept of it, and what is damaged, is blank: the rest stands where it stood.
    private func lay(_ file: KeptFile, of vault: Vault) throws -> Laid? {
        let path = file.generation.path
        guard let slash = path.lastIndex(of: "/") else { return nil }
        try Files.makeFolder(String(path[..<slash]))
        // A draft first: no client and no watcher takes half of it for the transcript.
        let draft = "\(path).\(getpid()).holdfast"
        defer { Files.remove(draft) }
        guard try write(file, of: vault, to: draft), unsafe link(draft, path) == 0, let identity = FileIdentity(path)
        else { return nil }
        return Laid(path: path, identity: identity)
    }

    /// - Returns: false where nothing of it can be read.
    private func write(_ file: KeptFile, of vault: Vault, to path: String) throws -> Bool {
        try Files.create(path)
        var end: Int64 = 0
        for segment in file.segments {
            guard let bytes = content(of: segment, in: vault) else { continue }
            try blank(segment.range.lowerBound - end, to: path)
            try Files.add(bytes[...], to: path)
            end = segment.range.upperBound
        }
        return end > 0
    }

    private func blank(_ count: Int64, to draft: String) throws {
        guard count > 0 else { return }
        try Files.add([UInt8](repeating: UInt8(ascii: "\n"), count: Int(count))[...], to: draft)
    }

    /// As long as it was in the file: what was cut out of it is blank. nil where it cannot be read.
    private func content(of segment: Segment, in vault: Vault) -> [UInt8]? {
        guard segment.damage.isEmpty, !segment.isLost, let kept = try? vault.content(of: segment) else { return nil }
        var bytes: [UInt8] = [], position = segment.range.lowerBound, taken = 0
        for cut in segment.cuts.sorted(by: { $0.from < $1.from }) {
            let before = Int(cut.from - position)
            guard before >= 0, taken + before + Int(cut.kept) <= kept.count, cut.kept <= cut.to - cut.from else {
                return nil
            }
            bytes += kept[taken..<taken + before + Int(cut.kept)]
            taken += before + Int(cut.kept)
            bytes += [UInt8](repeating: UInt8(ascii: "\n"), count: Int(cut.to - cut.from - cut.kept))
            position = cut.to
        }
        bytes += kept[taken...]
        return bytes.count == segment.range.count ? bytes : nil
    }
}

extension Mending {
    /// What an episode held, read again, as a line of an export.
    /// - Parameter copy: of its transcript; nil for that itself.
    /// - Returns: nil where that does not give what was captured.
    package func line(of archived: ArchivedEpisode, from copy: String? = nil) throws -> String? {
        let episode = archived.episode
        guard let file = episode.file, let session = SessionID(rawValue: episode.sessionID),
            let content = content(
                of: file, episode.bytes, generation: episode.generation, sha256: episode.sha256,
                from: copy ?? episode.sessionFile, at: episode.sessionFile, session,
                isSubagent: !episode.agentID.isEmpty)
        else { return nil }
        var whole = archived
        (whole.episode.content, whole.damage) = (content, "")
        return try whole.exportLine
    }

    /// From its transcript.
    package func line(of archived: ArchivedEpisode) throws -> String? { try line(of: archived, from: nil) }
}
