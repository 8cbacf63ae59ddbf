internal import Domain
internal import Platform
package import Settings
internal import Transcripts

/// What would be kept of a transcript, and how much smaller that is; nothing is recorded.
package struct FilteredTranscript: Encodable, Sendable {
    package let text: String
    package let bytes_raw: Int64
    package let bytes_seen_by_model: Int64
    package let bytes_kept: Int64
    package let turns: Int
    package let skipped: [String: Int]
    package let unparsable_lines: Int
    package let tokens: [String: Int64]
    /// Why nothing of the file would be captured, where that is so.
    package let exclusion: String?

    /// Filtered and redacted as the capturer does it.
    /// - Throws: `Failure` for a file that cannot be read.
    package init(of file: String, settings: Settings) throws(Failure) {
        let report: FilterReport
        do throws(FileError) {
            report = try FilterReport(
                of: file, policy: settings.configuration.filter, redactor: settings.configuration.redactor)
        } catch {
            throw Failure(.badInput, "\(error)")
        }
        let statistics = report.statistics, usage = statistics.usage
        text = report.text
        bytes_raw = statistics.bytesRaw
        bytes_seen_by_model = statistics.bytesSeenByModel
        bytes_kept = Int64(report.text.utf8.count)
        turns = statistics.turns
        skipped = statistics.skipped
        unparsable_lines = statistics.unparsableLines
        tokens = [
            "input": usage.input, "output": usage.output, "cache_creation": usage.cacheCreation,
            "cache_read": usage.cacheRead,
        ]
        exclusion = report.exclusion
    }
}
