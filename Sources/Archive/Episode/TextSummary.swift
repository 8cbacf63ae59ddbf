package import Domain

/// What a model made of one long text of which an episode keeps a digest; shown in the place of that.
package struct TextSummary: Sendable, Equatable, Codable {
    /// Of the digest's mark (`DigestMark`).
    package var sum: String
    package var text: String
    package var provider: String
    package var model: String
    package var madeMilliseconds: Int64

    package init(sum: String, text: String, provider: String, model: String, madeMilliseconds: Int64) {
        self.sum = sum
        self.text = text
        self.provider = provider
        self.model = model
        self.madeMilliseconds = madeMilliseconds
    }

    enum CodingKeys: String, CodingKey {
        case sum, text, provider, model
        case madeMilliseconds = "made_ms"
    }
}

extension ArchivedEpisode {
    /// The entries as people and models read them: summaries in the place of digests, where there are some.
    package var told: [EpisodeEntry] { told(entries) }

    /// Of those, what no earlier episode had.
    package var newTold: [EpisodeEntry] { told(newEntries) }

    private func told(_ entries: [EpisodeEntry]) -> [EpisodeEntry] {
        let texts = Dictionary(summaries.map { ($0.sum, $0.text) }) { first, _ in first }
        return entries.map { $0.told(by: texts) }
    }
}
