internal import Archive
internal import Integrity
package import Settings
internal import Threads

/// Reads again the long texts of which episodes keep digests: from the transcripts of this host, or from its vault. It waits
/// for a disk, and so has a thread of its own.
package actor LongTexts {
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String

    package init(settings: LiveSettings, host: String) {
        self.settings = settings
        self.host = host
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter sums: of the digests' marks.
    /// - Returns: by the sums; without those that are nowhere any more, or not on this host.
    func read(_ sums: Set<String>, of episode: StoredEpisode) -> [String: String] {
        VaultedTranscripts(settings: settings.current, host: host).texts(sums, of: episode)
    }
}
