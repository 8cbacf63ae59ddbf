internal import Domain
internal import Platform
package import Settings

/// All transcripts of this host's user, wherever Claude Code keeps them.
package struct Transcripts: Sendable {
    package let configDirectories: [String]

    /// The config folder of this environment, those that hooks were seen in, and the one that the configuration names.
    package init(settings: Settings) {
        let own = HookContext.configDirectory(settings.environment)
        let seen = ConfigDirectories(state: settings.state).all
        let named = settings.configuration.watchPath
        configDirectories = Array(Set([own] + seen + (named.isEmpty ? [] : [named]))).sorted()
    }

    package var files: [TranscriptFolder.File] { configDirectories.flatMap(TranscriptFolder.files) }

    /// When Claude Code deletes a transcript that nobody touches any more: `cleanupPeriodDays` of the folder's
    /// `settings.json`, 30 days unless said otherwise (<https://code.claude.com/docs/en/settings>).
    package static func retentionDays(in configDirectory: String) -> Int64 {
        guard let text = try? Files.read(configDirectory + "/settings.json"),
            case .object(let members) = try? JSONValue(parsing: text),
            let days = members["cleanupPeriodDays"]?.wholeNumber, days > 0
        else { return 30 }
        // More than a century is for ever.
        return min(days, 36_500)
    }

    /// Transcripts that Claude Code will delete within three days.
    package func endangered(now: Int64) -> [TranscriptFolder.File] {
        configDirectories.flatMap { directory in
            let retention = Self.retentionDays(in: directory)
            return TranscriptFolder.files(in: directory).filter {
                now - $0.modifiedMilliseconds > (retention - 3) * 86_400_000
            }
        }
    }
}
