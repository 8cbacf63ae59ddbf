internal import Archive
internal import ArgumentParser
internal import Glibc
internal import Operations
internal import Platform
internal import Settings

struct ExportMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the archive as JSON lines: a head, then an object for each episode.",
        discussion: """
            Example:
              holdfast memory export --key coder > coder.jsonl
            """
    )

    @OptionGroup var scope: MemoryScope
    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let since = try scope.sinceMilliseconds()
            try Workplace().archive().export(key: scope.key, sinceMilliseconds: since) { line in
                try Files.write(Array((line + "\n").utf8)[...], to: STDOUT_FILENO, named: "stdout")
            }
        }
    }
}

struct ImportMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what 'memory export' wrote, here or elsewhere.",
        discussion: """
            The companion does it: it alone writes the archive. What is there already is not added twice; lines that cannot
            be read stay beside it in a file *.refused.

            Example:
              holdfast memory import < coder.jsonl
            """
    )

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            let input = try Files.read(STDIN_FILENO, named: "stdin", limit: 1 << 30)
            let lines = input.split(separator: 10).count
            guard lines > 0 else {
                throw Failure(.badInput, "nothing on stdin; give it what 'holdfast memory export' wrote")
            }
            guard input.starts(with: "{\"holdfast_archive\"".utf8) || input.prefix(200).contains(of: "holdfast_archive")
            else { throw Failure(.badInput, "the first line is no head of an export; see 'holdfast memory export'") }
            let file = try place.leave(exported: String(decoding: input, as: UTF8.self))
            if output.json { return try Terminal.printJSON(["file": file, "lines": "\(lines)"]) }
            print("\(lines) lines left for the companion (\(file))")
        }
    }
}

extension Collection where Element == UInt8 {
    fileprivate func contains(of text: String) -> Bool { Array(self).firstRange(of: Array(text.utf8)) != nil }
}
