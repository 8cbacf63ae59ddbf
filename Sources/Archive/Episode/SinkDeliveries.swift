/// What became of what a sink was to get.
package struct SinkCounts: Sendable, Equatable {
    package var waiting = 0
    /// Handed over and not confirmed.
    package var sent = 0
    package var done = 0
    package var dead = 0
    /// Of the oldest that is not done, when its memory was made.
    package var oldestMilliseconds: Int64?
    package var lastDoneMilliseconds: Int64?
    /// Of the one that failed last and is not done.
    package var lastError = ""

    package init() {}
}
