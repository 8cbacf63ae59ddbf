/// What a reader met.
package struct TranscriptStatistics: Sendable, Equatable {
    package var bytesRaw: Int64 = 0
    /// Text, thinking, calls and results; no images, no envelope.
    package var bytesSeenByModel: Int64 = 0
    package var turns = 0
    /// Lines of types that are never kept, by type.
    package var skipped: [String: Int] = [:]
    package var unparsableLines = 0
    package var usage = TokenUsage()
    /// Bytes that no entry came from, by reason.
    package var excludedBytes: [String: Int64] = [:]
}
