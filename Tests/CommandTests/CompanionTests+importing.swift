import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

extension CompanionTests {
    @Test func anImportThatWasInterruptedCountsAll() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            _ = try await home.holdfast("memory", "add", "egrets too", "--key", "coder/1", "--wait", "60")
            let exported = try await home.holdfast("memory", "export").output
            _ = try await home.holdfast("down")
            let file = home.state.imports + "/\(HostClock.wallMilliseconds)-1-1.jsonl"
            try Files.makeFolder(home.state.imports)
            try Files.write(exported + "rubbish\n", to: file)
            var before = ImportTally()
            before.count(.head)
            before.count(.added(try #require(EpisodeID(rawValue: String(repeating: "a", count: 32)))))
            try before.write(of: file)
            _ = try await home.holdfast("up", "--only")
            try await poll("it is taken in") { !Files.exists(file) }
            let tally = try #require(ImportTally(of: file))
            #expect(tally.added == 1 && tally.known == 0 && tally.refused == 1 && tally.lines == 3)
            #expect(try Files.read(file + ".refused") == "rubbish\n")
        }
    }

    /// The archive that had taken the lines in may be gone.
    @Test func whatATallyCountedIsTakenInAllTheSame() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            _ = try await home.holdfast("memory", "add", "egrets too", "--key", "coder/1", "--wait", "60")
            let exported = try await home.holdfast("memory", "export").output
            try #require(exported.split(separator: "\n").count == 2)
            try await withHome { (other: Home) async throws in
                let file = other.state.imports + "/\(HostClock.wallMilliseconds)-1-1.jsonl"
                try other.state.prepare()
                try Files.makeFolder(other.state.imports)
                try Files.write(exported, to: file)
                var before = ImportTally()
                for _ in 0..<5 { before.count(.head) }
                try before.write(of: file)
                _ = try await other.holdfast("up", "--only")
                try await poll("it is taken in") { !Files.exists(file) }
                #expect(try await other.holdfast("memory", "search", "egrets").code == 0)
            }
        }
    }

    @Test func anImportSaysHowManyWereNew() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            _ = try await home.holdfast("memory", "add", "herons nest in March", "--key", "coder/1")
            let settings = try Settings.load(environment: home.environment)
            try await poll("it is archived") {
                var connection = try home.connect()
                return try connection.ask(ZCARD(settings.poolKeys(host: settings.state.host()).unarchived)) == 0
            }
            let exported = try await home.holdfast("memory", "export").output
            try #require(exported.split(separator: "\n").count == 2)
            // Nobody came for what it says.
            try home.scratch.write("{}", to: "state/import/1000-1-1.jsonl.taken")
            let again = try await home.holdfast("memory", "import", input: exported + "no line of an export\n")
            #expect(again.output.hasPrefix("1 episode: 0 new, 1 here already; 1 line refused ("), "\(again)")
            #expect(try Files.names(in: home.state.imports).allSatisfy { $0.hasSuffix(".refused") })
            try await withHome { (other: Home) async throws in
                let left = try await other.holdfast("memory", "import", input: exported)
                #expect(left.code == 0 && left.output.contains("2 lines left for the companion"), "\(left)")
                _ = try await other.holdfast("up", "--only")
                let taken = try await other.holdfast("memory", "import", "--json", input: exported)
                #expect(taken.output.contains(#""known" : 1"#), "\(taken)")
            }
        }
    }
}
