package import Domain
internal import Glibc
package import Platform
package import Redaction

/// What `holdfast filter` says of a file: what would be sent, and how much smaller it is.
package struct FilterReport: Sendable {
    package var text: String
    package var statistics: TranscriptStatistics
    /// Why nothing of the file would be captured, where that is so.
    package var exclusion: String?

    package init(of path: String, policy: FilterPolicy, redactor: Redactor) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { close(descriptor) }
        var reader = TranscriptReader(
            descriptor, named: path, policy: policy, redactor: redactor, countsSeen: true)
        var text = ConversationText()
        while let line = reader.next() {
            for entry in line.entries { text.add(entry) }
        }
        if let failure = reader.failure { throw failure }
        exclusion = reader.ownWork?.reason
        self.text = exclusion == nil ? text.finish() : ""
        statistics = reader.statistics
    }
}
