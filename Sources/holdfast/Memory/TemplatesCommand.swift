internal import ArgumentParser
internal import Operations
internal import Platform

struct TemplatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "The texts that a model is asked with, ours or your own.",
        discussion: """
            Example:
              holdfast memory templates show memory-system
            """,
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "What each is for, and where it comes from.",
            discussion: """
                A file of the same name in the folder 'prompts' of the configuration replaces one, in prompts/projects/NAME for
                a project; 'holdfast config check' says what is wrong with it.

                Example:
                  holdfast memory templates list --project ~/src/parser
                """)

        @Option(help: "A folder that sessions work in.", completion: .directory)
        var project: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let place = try Workplace(), project = project.map { Files.realPath($0) ?? $0 }
                let all = try place.templates(project: project)
                if output.json { return try Terminal.printJSON(all) }
                Terminal.printTable(
                    all.map { [$0.name, $0.file ?? "built in", $0.purpose] }, head: ["NAME", "FROM", "FOR"])
                Terminal.say("your own: \(place.templateFolder(project: project))")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "The text in use, to begin your own with.",
            discussion: """
                Example:
                  holdfast memory templates show session-system > ~/.config/holdfast/prompts/session-system.mustache
                """)

        @Argument(help: "Of 'holdfast memory templates list'.")
        var name: String

        @Option(help: "A folder that sessions work in.", completion: .directory)
        var project: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let place = try Workplace()
                let found = try place.template(name, project: project.map { Files.realPath($0) ?? $0 })
                if output.json { return try Terminal.printJSON(found) }
                Terminal.show(found.text.hasSuffix("\n") ? String(found.text.dropLast()) : found.text)
            }
        }
    }
}
