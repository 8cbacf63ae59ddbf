package import Domain
internal import Glibc
internal import Platform

/// Claude Code, which keeps transcripts as `<config dir>/projects/<slug>/<session>.jsonl`, and those of sub-agents in
/// `<slug>/<session>/subagents/`, in folders below it, or, by older clients, beside the session's own.
package struct ClaudeCode: TranscriptSource {
    package init() {}

    /// A path as people see it in examples.
    package static let example = "~/.claude\(projects)/-home-me-app/0f3c….jsonl"

    static let projects = "/projects"
    static let suffix = ".jsonl"
    private static let subagents = "/subagents"

    package func configDirectory(_ environment: [String: String]) -> String {
        // The client takes a relative one from its own folder, in which its hooks start too.
        if let own = environment["CLAUDE_CONFIG_DIR"], !own.isEmpty { return Files.absolute(own) }
        return (environment["HOME"] ?? "") + "/.claude"
    }

    /// Its folder may have any name; its files may not.
    package func claims(_ path: String) -> Bool { isTranscript(path) || hasStorage(in: path) }

    package func storage(in configDirectory: String) -> String { configDirectory + Self.projects }

    package func isTranscript(_ name: String) -> Bool { name.hasSuffix(Self.suffix) }

    /// Where a session's transcript lies.
    /// - Parameter slug: of the project; any will do.
    package func path(of session: SessionID, slug: String, in configDirectory: String) -> String {
        "\(storage(in: configDirectory))/\(slug)/\(session)\(Self.suffix)"
    }

    package func isPlausible(_ path: String, for session: SessionID, in configDirectory: String) -> Bool {
        path.hasSuffix("/\(session)\(Self.suffix)") && isPlausibleSubagent(path, in: configDirectory)
    }

    package func isPlausibleSubagent(_ path: String, in configDirectory: String) -> Bool {
        path.hasPrefix(storage(in: configDirectory) + "/") && !ByteSearch.contains(path, "/../")
    }

    // MARK: - Walking

    package func files(in configDirectory: String) -> [TranscriptFile] { walk(configDirectory).files }

    package func walk(_ configDirectory: String) -> TranscriptWalk {
        let storage = storage(in: configDirectory)
        var walk = Walk(configDirectory)
        // What is there goes before what a link leads to: it has the plainer name.
        for slug in names(in: storage).map({ storage + "/" + $0 }).sorted(by: { !isLink($0) && isLink($1) })
        where walk.enters(slug) {
            collect(slug, nil, &walk, depth: 0)
        }
        return walk.seen
    }

    package func file(_ path: String, in configDirectory: String) -> TranscriptFile? {
        let storage = storage(in: configDirectory) + "/"
        guard path.hasPrefix(storage), let slash = path.lastIndex(of: "/") else { return nil }
        let parts = path.utf8.dropFirst(storage.utf8.count).split(separator: UInt8(ascii: "/"))
            .map { String(Substring($0)) }
        var walk = Walk(configDirectory)
        collect(
            String(path[..<slash]), parts.dropFirst().dropLast().first.flatMap(SessionID.init), &walk,
            depth: parts.count - 2, only: String(path[path.index(after: slash)...]))
        return walk.seen.files.first
    }

    package func file(named path: String) -> TranscriptFile {
        TranscriptFile(path: path, configDirectory: "", session: session(of: path), agentID: agentID(of: path))
    }

    package func subagents(of transcript: String) -> [TranscriptFile] {
        guard isTranscript(transcript) else { return [] }
        var walk = Walk("")
        collect(transcript.dropLast(Self.suffix.count) + Self.subagents, nil, &walk, depth: 1)
        return walk.seen.files
    }

    private func name(of path: String) -> Substring {
        path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    }

    /// The session a transcript is named after; nil for a sub-agent's. Sessions have UUIDs for IDs.
    private func session(of path: String) -> SessionID? {
        let name = name(of: path)
        guard isTranscript(path), name.utf8.count == 36 + Self.suffix.utf8.count else { return nil }
        return SessionID(rawValue: String(name.dropLast(Self.suffix.count)))
    }

    private func agentID(of path: String) -> String? {
        let name = name(of: path)
        guard name.hasPrefix("agent-"), isTranscript(path) else { return nil }
        return String(name.dropFirst(6).dropLast(Self.suffix.count).prefix(128))
    }

    /// What a walk has found, and where it has been: a link may lead back to where it came from.
    private struct Walk {
        let configDirectory: String
        var seen = TranscriptWalk()
        private var entered: Set<String> = []

        init(_ configDirectory: String) { self.configDirectory = configDirectory }

        /// Whether to look into a folder: it is there, ours where a link leads to it, and was not looked into yet.
        mutating func enters(_ folder: String) -> Bool {
            guard let status = ClaudeCode.status(folder), status.st_mode & S_IFMT == S_IFDIR else { return false }
            return entered.insert("\(status.st_dev):\(status.st_ino)").inserted
        }

        /// The same of a file: two links may lead to one.
        mutating func add(_ file: TranscriptFile, _ status: stat) {
            if entered.insert("\(status.st_dev):\(status.st_ino)").inserted { seen.files.append(file) }
        }

        /// Remembers a link that is not followed, or what cannot be looked at; what is gone meanwhile is no trouble.
        mutating func miss(_ path: String) {
            do throws(FileError) {
                let status = try Files.status(path, followingLinks: false)
                guard status.st_mode & S_IFMT == S_IFLNK else { return }
                let leads = Files.exists(path) ? "to a place of another user" : "nowhere"
                seen.unreachable.append(UnreachablePlace(path: path, reason: "it is a link that leads \(leads)"))
            } catch {
                miss(path, error)
            }
        }

        mutating func miss(_ path: String, _ error: FileError) {
            guard !error.isNowhere else { return }
            seen.unreachable.append(UnreachablePlace(path: path, reason: "it cannot be read (\(error.reason))"))
        }

        /// What lies in a folder below those that `unreachable` looks at.
        mutating func names(in folder: String, depth: Int) -> [String] {
            do throws(FileError) {
                return try Files.names(in: folder).sorted()
            } catch {
                if depth > 0 { miss(folder, error) }
                return []
            }
        }
    }

    /// Of what lies there, or where a link leads that this user owns, to what this user owns; nil for any other.
    static func status(_ path: String) -> stat? {
        guard let own = try? Files.status(path, followingLinks: false) else { return nil }
        guard own.st_mode & S_IFMT == S_IFLNK else { return own }
        guard own.st_uid == getuid(), let target = try? Files.status(path), target.st_uid == getuid() else {
            return nil
        }
        return target
    }

    package func unreachable(in configDirectory: String) -> [UnreachablePlace] {
        let storage = storage(in: configDirectory)
        let slugs: [String]
        do throws(FileError) {
            slugs = try Files.names(in: storage)
        } catch {
            return error.isNowhere
                ? [] : [UnreachablePlace(path: storage, reason: "it cannot be read (\(error.reason))")]
        }
        return slugs.sorted().compactMap { slug in
            let path = storage + "/" + slug
            guard let status = Self.status(path) else {
                let isGone = !Files.exists(path)
                return isLink(path)
                    ? UnreachablePlace(
                        path: path,
                        reason: isGone ? "it is a link that leads nowhere" : "it is a link to a place of another user")
                    : nil
            }
            guard status.st_mode & S_IFMT == S_IFDIR, !Files.canList(path) else { return nil }
            return UnreachablePlace(path: path, reason: "it cannot be read")
        }
    }

    private func isLink(_ path: String) -> Bool {
        (try? Files.status(path, followingLinks: false)).map { $0.st_mode & S_IFMT == S_IFLNK } ?? false
    }

    private func collect(
        _ folder: String, _ session: SessionID?, _ walk: inout Walk, depth: Int, only: String? = nil
    ) {
        for name in only.map({ [$0] }) ?? walk.names(in: folder, depth: depth) {
            let path = folder + "/" + name
            // By its name no transcript, nor a folder of some.
            guard isTranscript(name) || depth > 0 || SessionID(rawValue: name) != nil else { continue }
            guard let status = Self.status(path) else {
                walk.miss(path)
                continue
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                // <session>/subagents/workflows/<name>/ is the deepest that was seen.
                guard depth < 5, depth > 0 || SessionID(rawValue: name) != nil else { continue }
                let inner = session ?? SessionID(rawValue: name)
                if depth > 0 || name != "memory", walk.enters(path) { collect(path, inner, &walk, depth: depth + 1) }
            } else if status.st_mode & S_IFMT == S_IFREG, isTranscript(name) {
                let agent = agentID(of: name)
                // Below a session's folder nothing but sub-agents' files are transcripts.
                guard agent != nil || depth == 0 else { continue }
                let own = agent == nil ? SessionID(rawValue: String(name.dropLast(Self.suffix.count))) : session
                guard agent != nil || own != nil else { continue }
                walk.add(
                    TranscriptFile(
                        path: path, configDirectory: walk.configDirectory, session: own, agentID: agent,
                        size: Int64(status.st_size), modifiedMilliseconds: Self.milliseconds(status.st_mtim)), status)
            }
        }
    }

    private func names(in folder: String) -> [String] { ((try? Files.names(in: folder)) ?? []).sorted() }

    /// Since 1970, for a file's time, which may be anything.
    static func milliseconds(_ time: timespec) -> Int64 {
        min(max(Int64(time.tv_sec), 0), 1 << 40) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
