package import Domain
internal import Glibc
internal import Platform

/// Where Claude Code keeps transcripts: `<config dir>/projects/<slug>/<session>.jsonl`, and those of sub-agents in
/// `<slug>/<session>/subagents/`, in folders below it, or, by older clients, beside the session's own.
package enum TranscriptFolder {
    /// One transcript on disk.
    package struct File: Sendable, Equatable {
        package var path: String
        package var configDirectory: String
        /// Of the file's name; nil for a sub-agent of an older client, whose file does not name its session.
        package var session: SessionID?
        package var agentID: String?
        /// Bytes.
        package var size: Int64
        package var modifiedMilliseconds: Int64
    }

    /// Every transcript below a config folder, links not followed.
    package static func files(in configDirectory: String) -> [File] {
        let projects = configDirectory + "/projects"
        var found: [File] = []
        for slug in names(in: projects) { collect(projects + "/" + slug, nil, configDirectory, &found, depth: 0) }
        return found
    }

    /// One transcript below one of the config folders, as it is now; nil when it is gone or is none.
    package static func file(_ path: String, in configDirectories: [String]) -> File? {
        guard let directory = configDirectories.first(where: { path.hasPrefix($0 + "/projects/") }),
            let slash = path.lastIndex(of: "/")
        else { return nil }
        let inside = path.utf8.dropFirst(directory.utf8.count + "/projects/".utf8.count)
        let parts = inside.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        var found: [File] = []
        collect(
            String(path[..<slash]), parts.dropFirst().dropLast().first.flatMap(SessionID.init),
            directory, &found, depth: parts.count - 2, only: String(path[path.index(after: slash)...]))
        return found.first
    }

    /// A file that a person named, wherever it lies.
    package static func file(named path: String) -> File {
        File(
            path: path, configDirectory: "", session: session(of: path), agentID: agentID(of: path), size: 0,
            modifiedMilliseconds: 0)
    }

    /// The transcripts of a session's sub-agents.
    package static func subagents(of transcript: String) -> [String] {
        guard transcript.hasSuffix(".jsonl") else { return [] }
        var found: [File] = []
        collect(transcript.dropLast(6) + "/subagents", nil, "", &found, depth: 1)
        return found.map(\.path)
    }

    private static func name(of path: String) -> Substring {
        path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    }

    /// The session a transcript is named after; nil for a sub-agent's. Sessions have UUIDs for IDs.
    package static func session(of path: String) -> SessionID? {
        let name = name(of: path)
        guard name.hasSuffix(".jsonl"), name.utf8.count == 42 else { return nil }
        return SessionID(rawValue: String(name.dropLast(6)))
    }

    package static func agentID(of path: String) -> String? {
        let name = name(of: path)
        guard name.hasPrefix("agent-"), name.hasSuffix(".jsonl") else { return nil }
        return String(name.dropFirst(6).dropLast(6).prefix(128))
    }

    private static func collect(
        _ folder: String, _ session: SessionID?, _ configDirectory: String, _ found: inout [File], depth: Int,
        only: String? = nil
    ) {
        for name in only.map({ [$0] }) ?? names(in: folder) {
            let path = folder + "/" + name
            guard let status = try? Files.status(path, followingLinks: false) else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                // <session>/subagents/workflows/<name>/ is the deepest that was seen.
                guard depth < 5, depth > 0 || SessionID(rawValue: name) != nil else { continue }
                let inner = session ?? SessionID(rawValue: name)
                if depth > 0 || name != "memory" { collect(path, inner, configDirectory, &found, depth: depth + 1) }
            } else if status.st_mode & S_IFMT == S_IFREG, name.hasSuffix(".jsonl") {
                let agent = agentID(of: name)
                // Below a session's folder nothing but sub-agents' files are transcripts.
                guard agent != nil || depth == 0 else { continue }
                let own = agent == nil ? SessionID(rawValue: String(name.dropLast(6))) : session
                guard agent != nil || own != nil else { continue }
                found.append(
                    File(
                        path: path, configDirectory: configDirectory, session: own, agentID: agent,
                        size: Int64(status.st_size),
                        modifiedMilliseconds: milliseconds(status.st_mtim)))
            }
        }
    }

    private static func names(in folder: String) -> [String] { ((try? Files.names(in: folder)) ?? []).sorted() }

    /// Since 1970, for a file's time, which may be anything.
    private static func milliseconds(_ time: timespec) -> Int64 {
        min(max(Int64(time.tv_sec), 0), 1 << 40) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
