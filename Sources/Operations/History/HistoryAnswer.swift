package import Capture
internal import Domain
package import Settings

/// What capturing transcripts of before would be, or was.
package struct HistoryAnswer: Encodable, Sendable {
    package let transcripts: Int
    package let episodes: Int
    package let tokens: Int64
    package let usd: Double
    /// nil where nothing was captured, only told.
    @OrNull package var captured: Int?
    /// Noted, and left to the companion.
    package let left: Int

    package init(_ plan: HistoryPlan, _ configuration: Configuration, captured: Int?, left: Int = 0) {
        transcripts = plan.items.count
        episodes = plan.episodes
        tokens = plan.tokens
        usd = plan.price(configuration)
        self.left = left
        self.captured = captured
    }
}
