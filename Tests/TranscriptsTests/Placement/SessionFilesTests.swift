import Domain
import Glibc
import Platform
import TestSupport
import Testing
import Transcripts

@Suite struct SessionFilesTests {
    private let scratch: Scratch
    private static let id = "0f3c1a52-1111-4222-8333-123456789abc"
    private var slug: String { scratch.path + "/projects/-p" }
    private var found: SessionFiles { ClaudeCode().sessionFiles(of: "\(slug)/\(Self.id).jsonl") }

    init() throws { scratch = try Scratch() }

    private func write(_ name: String, _ text: String = "x") throws {
        try scratch.write(text, to: "projects/-p/\(name)")
    }

    @Test func namesTheTranscriptFirstAndAllThatLiesBesideIt() throws {
        for name in [
            "\(Self.id).jsonl", "\(Self.id)/tool-results/b1.txt", "\(Self.id)/subagents/agent-x.meta.json",
            "\(Self.id)/subagents/agent-x.jsonl", "\(Self.id)/subagents/workflows/w/agent-y.jsonl",
        ] {
            try write(name, "0123456789")
        }
        try write("other.jsonl")
        try write("memory/MEMORY.md")
        #expect(
            found.files.map(\.name) == [
                "\(Self.id).jsonl", "\(Self.id)/subagents/agent-x.jsonl", "\(Self.id)/subagents/agent-x.meta.json",
                "\(Self.id)/subagents/workflows/w/agent-y.jsonl", "\(Self.id)/tool-results/b1.txt",
            ])
        #expect(found.folder == slug && found.passedOver.isEmpty)
        #expect(found.files.allSatisfy { $0.size == 10 && $0.modifiedMilliseconds > 1_700_000_000_000 })
    }

    @Test func followsNoLinkAndTakesNobodyElsesFile() throws {
        try write("\(Self.id).jsonl")
        try write("\(Self.id)/tool-results/own.txt")
        try scratch.write("secret", to: "elsewhere/secret.txt")
        let folder = "\(slug)/\(Self.id)"
        #expect(unsafe symlink(scratch.path + "/elsewhere/secret.txt", folder + "/tool-results/a.txt") == 0)
        #expect(unsafe symlink(scratch.path + "/elsewhere", folder + "/subagents") == 0)
        var expected = ["it is a link", "it is a link"]
        if geteuid() == 0 {
            try write("\(Self.id)/tool-results/theirs.txt")
            _ = unsafe chown(folder + "/tool-results/theirs.txt", 65_534, 65_534)
            expected.append("it is another user's")
        }
        #expect(found.files.map(\.name) == ["\(Self.id).jsonl", "\(Self.id)/tool-results/own.txt"])
        #expect(found.passedOver.map(\.reason) == expected)
    }

    @Test func takesNoLinkForASessionsFolder() throws {
        try write("\(Self.id).jsonl")
        try scratch.write("secret", to: "elsewhere/secret.txt")
        #expect(unsafe symlink(scratch.path + "/elsewhere", "\(slug)/\(Self.id)") == 0)
        #expect(found.files.map(\.name) == ["\(Self.id).jsonl"])
        #expect(found.passedOver.map(\.path) == ["\(slug)/\(Self.id)"])
    }

    @Test func comesToAnEndInDepthAndNumber() throws {
        try write("\(Self.id)/" + (0..<9).map { "d\($0)/" }.joined() + "deep.txt")
        #expect(found.files.isEmpty && found.passedOver.map(\.reason) == ["it lies too deep"])
        for number in 0..<10_001 { try Files.create("\(slug)/\(Self.id)/d0/\(number)") }
        #expect(found.files.count == 10_000)
        #expect(found.passedOver.map(\.reason).contains("the session has more than 10000 files"))
    }

    @Test func knowsWhatIsLeftOfASessionWithoutItsTranscript() throws {
        #expect(found.files.isEmpty && found.passedOver.isEmpty)
        try write("\(Self.id)/tool-results/b1.txt")
        #expect(found.files.map(\.name) == ["\(Self.id)/tool-results/b1.txt"])
    }
}
