package import Domain
internal import Glibc
package import Platform
package import Redaction

/// What of a file would be kept, and how much smaller it is.
package struct FilterReport: Sendable {
    package var text: String
    package var statistics: TranscriptStatistics
    /// Why nothing of the file would be captured, where that is so.
    package var exclusion: String?

    package init(
        of path: String, policy: FilterPolicy, redactor: Redactor, sources: TranscriptSources = .standard
    ) throws(FileError) {
        var rules = ReadingRules(policy: policy, redactor: redactor)
        rules.countsSeen = true
        let transcript: any Transcript
        do throws(TranscriptRefusal) {
            transcript = try sources.source(of: path).open(path, in: nil)
        } catch {
            switch error {
            case .missing: throw FileError(path: path, number: ENOENT)
            case .unreadable(let error): throw error
            case .untrusted: throw FileError(path: path, number: EISDIR)
            }
        }
        var reader = try transcript.reader(from: Cursor(), rules)
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
