import Platform
import Settings
import TestSupport
import Testing

extension CompanionTests {
    @Test func anImportSaysHowManyWereNew() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            _ = try await home.holdfast("memory", "add", "herons nest in March", "--key", "coder/1")
            var exported = ""
            while exported.split(separator: "\n").count < 2 {
                exported = try await home.holdfast("memory", "export").output
            }
            let again = try await home.holdfast("memory", "import", input: exported + "no line of an export\n")
            #expect(again.output.hasPrefix("2 episodes: 0 new, 1 here already, 1 refused ("), "\(again)")
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
