internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Removes words for good, wherever they are kept, and proves that they are gone.",
        discussion: """
            Shows what there is and asks; nothing captures or imports it again. Transcripts are yours: they are named and left.
            The companion must run. Exits 0 when all of it is gone, 1 when there is nothing or something is or may be left.
            Interrupted, run it again. More: holdfast help forgetting.

            Example:
              holdfast forget --text - --dry-run <secret.txt
            """
    )

    @Option(help: "The ID of a session, or its first digits.", completion: Completing.session)
    var session: String?

    @Option(help: "A dispatch key.", completion: Completing.key)
    var key: String?

    @Option(help: "A text of 4 bytes or more; '-' reads it from stdin.")
    var text: String?

    @Flag(help: "Only show what there is; exits 1 when there is nothing.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [session, key, text].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("give one of --session, --key and --text")
        }
    }

    func run() throws {
        try reporting {
            let place = try Workplace()
            let wish = try wish(place)
            let mayAsk = isatty(STDIN_FILENO) == 1 && !output.json
            guard dryRun || yes || mayAsk else {
                throw Failure(
                    .usage, "nobody can be asked here", remedy: "give --yes, or --dry-run to see what there is")
            }
            let isDryRun = dryRun
            let unseen = try Waiting.run { try await place.bringBack(wish, isDryRun: isDryRun) }
            let answer = try place.forget(wish, isDryRun: dryRun, unseenAway: unseen) { found in
                if yes { return true }
                Terminal.show(found.lines.joined(separator: "\n"))
                Terminal.complain("this cannot be undone. Forget it? [y/N]")
                return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
            }
            guard let answer else { throw Failure(.no, "nothing was removed") }
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                Terminal.show(answer.lines.joined(separator: "\n"))
            }
            if answer.outcome == .unproven { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    private func wish(_ place: Workplace) throws -> ForgetWish {
        if let key { return .key(try DispatchKey(key)) }
        if let session {
            return .session(try place.sessionID(session))
        }
        var sought = text ?? ""
        if sought == "-" {
            sought = String(decoding: try StandardInput.read(.remark, limit: 1 << 20), as: UTF8.self)
            // The line break that ends a file is hardly meant.
            while sought.hasSuffix("\n") { sought.removeLast() }
        }
        guard let text = SoughtText(sought) else {
            throw Failure(
                .badInput, "the text has fewer than \(SoughtText.minimum) bytes, and stands nearly everywhere",
                remedy: "give more of it")
        }
        return .text(text)
    }
}
