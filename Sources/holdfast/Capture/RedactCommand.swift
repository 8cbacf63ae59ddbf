internal import ArgumentParser
internal import Capture
internal import Domain
internal import Glibc
internal import Platform
internal import Redaction
internal import Settings

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
