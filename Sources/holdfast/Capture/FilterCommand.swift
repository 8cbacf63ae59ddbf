internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Redaction
internal import Settings
internal import Transcripts

struct FilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Shows what would be kept of a transcript, and how much smaller it is.",
        discussion: """
            Filtered and redacted as the capturer does it; nothing is recorded.

            Example:
              holdfast filter \(ClaudeCode.example) --json
            """
    )

    @Argument(help: "A transcript of Claude Code (.jsonl).")
    var file: String

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let settings = try Settings.load()
            let report: FilterReport
            do throws(FileError) {
                report = try FilterReport(
                    of: file, policy: settings.configuration.filter, redactor: settings.configuration.redactor)
            } catch {
                throw Failure(.badInput, "\(error)")
            }
            if output.json { try Terminal.printJSON(Answer(report)) } else { show(report) }
        }
    }

    private func show(_ report: FilterReport) {
        print(report.text, terminator: "")
        let answer = Answer(report)
        if let exclusion = report.exclusion { Terminal.complain("nothing is kept: \(exclusion)") }
        Terminal.complain(
            """
            \(answer.bytes_kept) of \(answer.bytes_raw) bytes kept (\(Terminal.percent(answer.bytes_kept, answer.bytes_raw))), \
            \(Terminal.percent(answer.bytes_kept, answer.bytes_seen_by_model)) of what the model saw; \(answer.turns) turns, \
            \(answer.unparsable_lines) unparsable lines
            """)
    }

    private struct Answer: Encodable {
        let text: String
        let bytes_raw: Int64
        let bytes_seen_by_model: Int64
        let bytes_kept: Int64
        let turns: Int
        let skipped: [String: Int]
        let unparsable_lines: Int
        let tokens: [String: Int64]
        let exclusion: String?

        init(_ report: FilterReport) {
            text = report.text
            bytes_raw = report.statistics.bytesRaw
            bytes_seen_by_model = report.statistics.bytesSeenByModel
            bytes_kept = Int64(report.text.utf8.count)
            turns = report.statistics.turns
            skipped = report.statistics.skipped
            unparsable_lines = report.statistics.unparsableLines
            let usage = report.statistics.usage
            tokens = [
                "input": usage.input, "output": usage.output, "cache_creation": usage.cacheCreation,
                "cache_read": usage.cacheRead,
            ]
            exclusion = report.exclusion
        }
    }
}

struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Reads text and prints it with secrets replaced by [redacted:<kind>].",
        discussion: """
            What stands between <private> and </private> is dropped. Own patterns: redaction.patterns in holdfast.json.

            Example:
              holdfast redact < notes.txt
            """
    )

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let redactor = try Settings.load().configuration.redactor
            let input = try Files.read(STDIN_FILENO, named: "stdin", limit: .max)
            let redacted = redactor.redact(input)
            if output.json {
                try Terminal.printJSON(["text": String(decoding: redacted, as: UTF8.self)])
            } else {
                try Files.write(redacted[...], to: STDOUT_FILENO, named: "stdout")
            }
        }
    }
}
