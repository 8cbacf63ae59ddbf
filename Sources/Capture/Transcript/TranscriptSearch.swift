package import Domain
internal import Glibc
internal import Platform

/// Looks for a session's transcript: `<config dir>/projects/<any slug>/<id>.jsonl`.
///
/// Only a file that is not there under folders that could be read counts as absent. A projects folder that is gone, or
/// not the one the session was seen in, was moved or unmounted, and says nothing.
package struct TranscriptSearch: Sendable {
    package let configDirectory: String

    package init(configDirectory: String) {
        self.configDirectory = configDirectory
    }

    private var projects: String { configDirectory + "/projects" }

    /// Device and inode of the projects folder, or empty.
    package var projectsFolder: String {
        guard let status = try? Files.status(projects) else { return "" }
        return "\(status.st_dev):\(status.st_ino)"
    }

    /// - Parameters:
    ///   - hint: where it was last seen.
    ///   - projectsFolder: which folder that was, as `projectsFolder` told then.
    package func find(_ session: SessionID, hint: String = "", projectsFolder seen: String = "") -> TranscriptPresence {
        let name = "/\(session).jsonl"
        if hint.hasSuffix(name), hint.hasPrefix(projects + "/"), Files.isRegularFile(hint) { return .found(path: hint) }
        let slugs: [String]
        do throws(FileError) {
            slugs = try Files.names(in: projects)
        } catch {
            return .unknown(reason: "\(error)")
        }
        let isOther = !seen.isEmpty && seen != projectsFolder
        var unreadable: FileError?
        for slug in slugs {
            let path = projects + "/" + slug + name
            do throws(FileError) {
                let status = try Files.status(path)
                if status.st_mode & S_IFMT == S_IFREG { return .found(path: path) }
            } catch {
                if error.number != ENOENT && error.number != ENOTDIR { unreadable = error }
            }
        }
        if let unreadable { return .unknown(reason: "\(unreadable)") }
        // Empty and never seen before: as good as not mounted.
        if isOther || seen.isEmpty && slugs.isEmpty {
            return .unknown(reason: "\(projects) is not the folder the session was made in; is it mounted?")
        }
        return .absent
    }

    /// Whether a transcript holds a conversation: the client answers "No conversation found" for one that is empty,
    /// garbage, or only bookkeeping.
    package static func hasMessages(_ path: String) -> Bool {
        // A file that cannot be read is not called empty.
        guard let text = try? Files.read(path, limit: 64 << 20) else { return true }
        return ["\"type\":\"user\"", "\"type\": \"user\"", "\"type\":\"assistant\"", "\"type\": \"assistant\""]
            .contains { text.contains($0) }
    }
}
