internal import Domain
internal import Glibc
internal import Platform

/// The client keeps beside a session's transcript, in the folder of its name, `subagents/**/*.jsonl` with their
/// `.meta.json`, and `tool-results/*`. Whatever else is there belongs to the session too.
extension ClaudeCode {
    /// Below the session's folder; four are the most that were seen.
    private static let depthLimit = 8
    private static let countLimit = 10_000

    package func sessionFiles(of transcript: String) -> SessionFiles {
        guard isTranscript(transcript), let slash = transcript.lastIndex(of: "/") else {
            return SessionFiles(folder: "")
        }
        let folder = String(transcript[..<slash]), name = String(transcript[transcript.index(after: slash)...])
        var found = SessionFiles(folder: folder)
        if let status = Self.status(transcript), status.st_mode & S_IFMT == S_IFREG, status.st_uid == getuid() {
            found.files.append(SessionFile(name, status))
        } else if Files.exists(transcript) {
            found.passOver(transcript, "it is no regular file of yours")
        }
        let session = String(name.dropLast(Self.suffix.count))
        do throws(FileError) {
            try collect(try Folder(folder).folder(session), session, &found, depth: 0)
        } catch {
            // A link that is a session's folder is none that the client made.
            if !error.isMissing { found.passOver(error.path, "it cannot be read (\(error.reason))") }
        }
        return found
    }

    private func collect(
        _ folder: Folder, _ place: String, _ found: inout SessionFiles, depth: Int
    ) throws(FileError) {
        for name in try folder.names().sorted() {
            let inner = "\(place)/\(name)", path = "\(folder.path)/\(name)"
            guard found.files.count < Self.countLimit else {
                return found.passOver(folder.path, "the session has more than \(Self.countLimit) files")
            }
            // Gone meanwhile, it is no trouble.
            guard let status = try? folder.status(name) else { continue }
            switch status.st_mode & S_IFMT {
            case _ where status.st_uid != getuid(): found.passOver(path, "it is another user's")
            case S_IFREG: found.files.append(SessionFile(inner, status))
            case S_IFDIR where depth >= Self.depthLimit: found.passOver(path, "it lies too deep")
            case S_IFDIR:
                do throws(FileError) {
                    try collect(try folder.folder(name), inner, &found, depth: depth + 1)
                } catch {
                    if !error.isMissing { found.passOver(path, "it cannot be read (\(error.reason))") }
                }
            case S_IFLNK: found.passOver(path, "it is a link")
            default: found.passOver(path, "it is no regular file")
            }
        }
    }
}

extension SessionFile {
    fileprivate init(_ name: String, _ status: stat) {
        self.init(
            name: name, size: Int64(status.st_size), modifiedMilliseconds: ClaudeCode.milliseconds(status.st_mtim))
    }
}

extension SessionFiles {
    fileprivate mutating func passOver(_ path: String, _ reason: String) {
        passedOver.append(UnreachablePlace(path: path, reason: reason))
    }
}
