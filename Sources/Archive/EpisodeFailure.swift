/// Why an episode has no memory yet, or never will.
package struct EpisodeFailure: Sendable, Equatable {
    package var type: String
    package var message: String
    /// How often the model call failed.
    package var retryCount: Int

    package init(type: String, message: String, retryCount: Int) {
        self.type = type
        self.message = message
        self.retryCount = retryCount
    }
}
