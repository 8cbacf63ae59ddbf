package import Domain
internal import Glibc
internal import Platform
package import Settings

/// The sources this build knows. A folder or a file is read by the source that claims it, and by the client's where
/// none does.
package struct TranscriptSources: Sendable {
    package let all: [any TranscriptSource]
    /// Of the client whose hooks are recorded and which is dispatched.
    package let client: any TranscriptSource

    package init(_ client: any TranscriptSource, _ others: any TranscriptSource...) {
        self.client = client
        all = [client] + others
    }

    package static let standard = TranscriptSources(ClaudeCode())

    /// - Parameter path: a config folder, or a transcript.
    package func source(of path: String) -> any TranscriptSource {
        all.count == 1 ? client : all.first { $0.claims(path) } ?? client
    }

    package func source(of file: TranscriptFile) -> any TranscriptSource {
        source(of: file.configDirectory.isEmpty ? file.path : file.configDirectory)
    }
}

extension TranscriptSource {
    /// Names the storage itself, by device and inode, or is empty: one that is another was unmounted, not emptied.
    package func storageMark(in configDirectory: String) -> String {
        guard let status = try? Files.status(storage(in: configDirectory)) else { return "" }
        return "\(status.st_dev):\(status.st_ino)"
    }

    package func hasStorage(in configDirectory: String) -> Bool { Files.exists(storage(in: configDirectory)) }

    /// Whether the storage is known to hold nothing.
    package func isStorageMissingOrEmpty(in configDirectory: String) -> Bool {
        do throws(FileError) {
            return try Files.names(in: storage(in: configDirectory)).isEmpty
        } catch {
            return error.isMissing
        }
    }

    package func find(_ session: SessionID, in configDirectory: String, hint: String = "") -> TranscriptPresence {
        find(session, in: configDirectory, hint: hint, storageMark: "")
    }

    /// Whether a path is a transcript of this session by more than its looks: a regular file of this user below the
    /// storage, or behind a link there that is this user's.
    package func isTranscript(_ path: String, of session: SessionID, in configDirectory: String) -> Bool {
        guard isPlausible(path, for: session, in: configDirectory),
            let real = try? StoredPath.canonical(path, below: storage(in: configDirectory)),
            let status = try? Files.status(real, followingLinks: false)
        else { return false }
        return status.st_mode & S_IFMT == S_IFREG && status.st_uid == getuid()
    }
}

/// All transcripts of this host's user, of whatever client.
package struct HostTranscripts: Sendable {
    package let configDirectories: [String]
    package let sources: TranscriptSources

    /// The config folders of this environment, those that hooks were seen in, the one that the configuration names, and what
    /// programs store.
    package init(settings: Settings, sources: TranscriptSources = .standard) {
        let own = sources.all.map { $0.configDirectory(settings.environment) }
        let seen = ConfigDirectories(state: settings.state).all
        let named = settings.configuration.watchPath
        let stored = SessionStore(settings.state).own
        let others = (named.isEmpty ? [] : [named]) + (Files.exists(stored) ? [stored] : [])
        configDirectories = Array(Set(own + seen + others)).sorted()
        self.sources = sources
    }

    package var files: [TranscriptFile] { configDirectories.flatMap { sources.source(of: $0).files(in: $0) } }

    /// What lies among them where nobody can look.
    package var unreachable: [UnreachablePlace] {
        configDirectories.flatMap { sources.source(of: $0).unreachable(in: $0) }
    }

    /// One of them, as it is now; nil when it is gone or is none.
    package func file(_ path: String) -> TranscriptFile? {
        let directory = configDirectories.first { path.hasPrefix(sources.source(of: $0).storage(in: $0) + "/") }
        return directory.flatMap { sources.source(of: $0).file(path, in: $0) }
    }

    /// Transcripts that their client will delete within three days.
    package func endangered(now: Int64) -> [TranscriptFile] {
        configDirectories.flatMap { directory -> [TranscriptFile] in
            let source = sources.source(of: directory)
            guard let retention = source.retentionDays(in: directory) else { return [] }
            return source.files(in: directory).filter {
                now - $0.modifiedMilliseconds > (retention - 3) * 86_400_000
            }
        }
    }
}
