import Domain
import TestSupport
import Testing

/// All verbs there are, walked as the program lists them.
@Suite struct HelpTests {
    private struct Verb {
        var path: [String]
        var verbs: [String]
    }

    private static let groups: Set = ["DISPATCH:", "LOOK:", "MEMORY:", "MEND:", "SET UP:", "SUBCOMMANDS:"]

    /// As the parser has it: a call for each would take the time of all the other tests here.
    private static func tree() async throws -> [Verb] {
        let dump = try JSONValue(parsing: try await Built.run("holdfast", ["--experimental-dump-help"]).output)
        var found: [Verb] = []
        var waiting = [(path: [String](), command: dump["command"])]
        while let (path, command) = waiting.popLast() {
            let below = (command?["subcommands"]?.elements ?? []).compactMap { command in
                command["commandName"]?.string.map { (name: $0, command: command) }
            }.filter { $0.name != "help" }
            found.append(Verb(path: path, verbs: below.map(\.name)))
            waiting += below.map { (path + [$0.name], $0.command) }
        }
        return found
    }

    @Test func everyVerbExplainsItselfOnAPage() async throws {
        let tree = try await Self.tree()
        #expect(tree.count > 60, "\(tree.map(\.path))")
        for verb in tree {
            let page = try await Built.run("holdfast", verb.path + ["--help"])
            let lines = page.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            let name = "holdfast " + verb.path.joined(separator: " ")
            #expect(page.code == 0 && page.error.isEmpty, "\(name)")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(name): \(page.output)")
            #expect(page.output.contains("Example"), "\(name)")
            if !verb.path.isEmpty { #expect(lines.count <= 25, "\(name): \(lines.count) lines") }
            if verb.verbs.isEmpty {
                #expect(page.output.contains("--color"), "\(name)")
                // An archive is no JSON, nor is what a command says that is run.
                let isOther = [["vault", "export"], ["retry"]].contains(verb.path)
                #expect(page.output.contains("--json") || isOther, "\(name)")
            }
            for name in verb.verbs { #expect(page.output.contains("\n  \(name) "), "\(name)") }
            if verb.path.last == "list" {
                #expect(try await Built.run("holdfast", ["help"] + verb.path).output == page.output, "\(name)")
            }
        }
    }

    @Test func listsVerbsAsPeopleWork() async throws {
        let page = try await Built.run("holdfast", ["--help"]).output
        let titles = page.split(separator: "\n").map(String.init).filter(Self.groups.contains)
        #expect(titles == ["DISPATCH:", "LOOK:", "MEMORY:", "MEND:", "SET UP:"])
    }

    /// One slip in every verb and every verb of a group.
    @Test func whoMistypesAVerbIsToldWhichIsMeant() async throws {
        for verb in try await Self.tree() {
            for name in verb.verbs where name.count > 2 {
                let slip = String(name.prefix(2).reversed()) + name.dropFirst(2)
                try #require(slip != name)
                let outcome = try await Built.run("holdfast", verb.path + [slip])
                let meant = (["holdfast"] + verb.path + [name]).joined(separator: " ")
                #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome)")
                #expect(outcome.error.hasPrefix("holdfast: there is no verb '\(slip)'"), "\(outcome)")
                #expect(outcome.error.contains("did you mean '\(meant)'?"), "\(outcome)")
            }
        }
    }

    @Test func aWordThatIsNoVerbOfAGroupIsAnError() async throws {
        for verb in try await Self.tree() where !verb.verbs.isEmpty {
            for words in [["frobnicate"], ["--json", "frobnicate"]] {
                let outcome = try await Built.run("holdfast", verb.path + words)
                #expect(outcome.code == 64, "\(verb.path + words): \(outcome)")
            }
        }
        let sessions = try await Built.run("holdfast", ["sessions", "frobnicate"])
        #expect(sessions.error.hasSuffix("there are list, show, drop, sweep, rebuild\n"), "\(sessions)")
        let search = try await Built.run("holdfast", ["search"])
        #expect(search.error.contains("did you mean 'holdfast memory search'?"), "\(search)")
    }

    @Test(arguments: [
        ["lookup"], ["status", "--jsn"], ["sessions", "list", "--limit", "x"], ["sessions", "list", "--limit", "0"],
        ["frobnicate"], ["help", "frobnicate"], ["lookup", "a\nb"], ["status", "more"], ["dispatch", "a"],
        ["conversation", "add", "a", "--role", "nobody", "x"], ["status", "--color", "blue"],
    ])
    func everyErrorBeginsWithTheProgramsName(words: [String]) async throws {
        let outcome = try await Built.run("holdfast", words)
        #expect(outcome.code != 0 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.error.hasPrefix("holdfast: "), "\(outcome)")
        #expect(!outcome.error.contains("Error:"), "\(outcome)")
    }

    @Test func tellsOfTopicsInAPageEach() async throws {
        let listed = try await Built.run("holdfast", ["help"]).output
        let topics = try JSONValue(parsing: try await Built.run("holdfast", ["help", "--json"]).output).elements ?? []
        let names = topics.compactMap { $0["name"]?.string }
        for name in [
            "keys", "dispatch", "capture", "memories", "vault", "exit-codes", "environment", "files",
        ] {
            #expect(names.contains(name))
        }
        for name in names {
            let page = try await Built.run("holdfast", ["help", name])
            let lines = page.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(page.code == 0 && page.output.hasPrefix("\(name): "), "\(page)")
            #expect(lines.count <= 25 && lines.allSatisfy { $0.count <= 80 }, "\(page.output)")
            #expect(listed.contains("  \(name)  "), "\(name)")
        }
        let near = try await Built.run("holdfast", ["help", "environmnt"])
        #expect(near.code == 64 && near.error.contains("did you mean 'holdfast help environment'?"), "\(near)")
    }

    /// The topic says what the code gives.
    @Test func namesEveryExitCode() async throws {
        let page = try await Built.run("holdfast", ["help", "exit-codes"]).output
        for code in ["0", "1", "64", "65", "69", "75", "78"] { #expect(page.contains("\n  \(code) "), "\(code)") }
    }
}
