import Domain
import Settings
import TestSupport
import Testing

@Suite struct SinkPoliciesTests {
    private func sinks(_ json: String) throws -> [SinkPolicy] {
        let folder = try Scratch()
        try folder.write("{\"sinks\": \(json)}", to: "holdfast.json")
        return try Settings.load(environment: ["HOME": folder.path, "HOLDFAST_CONFIG_DIR": folder.path]).sinks()
    }

    @Test func understandsEachKind() throws {
        let all = try sinks(
            """
            [{"kind": "folder", "path": "/notes"}, {"kind": "webhook", "url": "https://x.example/h", "secret_file": "/s"},
             {"kind": "graphiti", "url": "http://127.0.0.1:8000", "group": "team-1", "protocol": "mcp", "name": "graph"}]
            """)
        #expect(all.map(\.name) == ["folder", "webhook", "graph"])
        #expect(all[2].speaks == .mcp && all[2].group == "team-1" && all[1].secretFile == "/s")
        #expect(Set(all.map(\.provider)).count == 3)
    }

    @Test(arguments: [
        (#"[{"kind": "ftp"}]"#, ["sinks[0].kind", "ftp", "folder, webhook, graphiti"]),
        (#"[{"kind": "folder"}]"#, ["sinks[0].path", "missing", "absolute"]),
        (#"[{"kind": "folder", "path": "notes"}]"#, ["sinks[0].path", "notes"]),
        (#"[{"kind": "folder", "path": "/n", "url": "x"}]"#, ["sinks[0].url", "known: kind, name, path"]),
        (#"[{"kind": "graphiti", "url": "http://a", "group": "a b"}]"#, ["sinks[0].group", "a b", "letters"]),
        (#"[{"kind": "folder", "path": "/n"}, {"kind": "folder", "path": "/m"}]"#, ["sinks[1].name", "another name"]),
    ])
    func namesWhatIsWrongAndTheWayOut(json: String, words: [String]) {
        #expect { try sinks(json) } throws: { error in words.allSatisfy { "\(error)".contains($0) } }
    }
}
