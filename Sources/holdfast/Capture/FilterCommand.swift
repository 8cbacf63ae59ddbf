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

    @Argument(help: "A transcript of Claude Code (.jsonl).", completion: Completing.transcript)
    var file: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let filtered = try FilteredTranscript(of: file, settings: try Settings.load())
            if output.json { try Terminal.printJSON(filtered) } else { show(filtered) }
        }
    }

    private func show(_ filtered: FilteredTranscript) {
        Terminal.show(filtered.text)
        if let exclusion = filtered.exclusion { Terminal.complain("nothing is kept: \(exclusion)") }
        let (kept, raw) = (filtered.bytes_kept, filtered.bytes_raw)
        Terminal.complain(
            """
            \(kept) of \(counted(raw, "byte")) kept (\(Terminal.percent(kept, raw))), \
            \(Terminal.percent(kept, filtered.bytes_seen_by_model)) of what the model saw; \(counted(filtered.turns, "turn")), \
            \(counted(filtered.unparsable_lines, "unparsable line"))
            """)
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

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let redactor = try Settings.load().configuration.redactor
            let input = try StandardInput.read(.stream, limit: 1 << 30)
            let redacted = redactor.redact(input)
            if output.json {
                try Terminal.printJSON(["text": String(decoding: redacted, as: UTF8.self)])
            } else {
                try Terminal.pass(redacted)
            }
        }
    }
}
