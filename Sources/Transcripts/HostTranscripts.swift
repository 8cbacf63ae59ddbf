internal import Domain
internal import Platform
package import Settings

/// All transcripts of this host's user, of whatever client.
package struct HostTranscripts: Sendable {
    package let configDirectories: [String]
    package let sources: TranscriptSources

    /// The config folders of this environment, those that hooks were seen in, and the one that the configuration names.
    package init(settings: Settings, sources: TranscriptSources = .standard) {
        let own = sources.all.map { $0.configDirectory(settings.environment) }
        let seen = ConfigDirectories(state: settings.state).all
        let named = settings.configuration.watchPath
        configDirectories = Array(Set(own + seen + (named.isEmpty ? [] : [named]))).sorted()
        self.sources = sources
    }

    package var files: [TranscriptFile] { configDirectories.flatMap { sources.source(of: $0).files(in: $0) } }

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
