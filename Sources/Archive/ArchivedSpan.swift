package import Domain

/// What one episode in the archive holds of a transcript file.
package struct ArchivedSpan: Sendable, Equatable {
    package var file: FileID
    package var generation: Int64
    package var bytes: Range<Int64>
    /// Of its entries, whoever brought them.
    package var uuids: Set<String>
    package var filterMark: String
    package var isDiscarded: Bool
}
