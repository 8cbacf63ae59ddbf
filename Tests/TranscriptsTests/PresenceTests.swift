import Domain
import Glibc
import Platform
import TestSupport
import Testing
import Transcripts

@Suite struct PresenceTests {
    private let scratch: Scratch
    private let client = ClaudeCode()
    private let session: SessionID

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: "abc"))
    }

    @Test func findsItUnderAnySlug() throws {
        let path = try scratch.write("x", to: "projects/-other/abc.jsonl")
        try scratch.write("x", to: "projects/-one/def.jsonl")
        #expect(
            client.find(session, in: scratch.path, hint: scratch.path + "/projects/-one/abc.jsonl")
                == .found(path: path))
    }

    @Test(
        arguments: [("", 30), (#"{"cleanupPeriodDays": 7}"#, 7), (#"{"cleanupPeriodDays": 0}"#, 0)] as [(String, Int64)]
    )
    func saysWhenTheClientDeletes(settings: String, days: Int64) throws {
        if !settings.isEmpty { try scratch.write(settings, to: "settings.json") }
        #expect(client.retentionDays(in: scratch.path) == days)
    }

    private static let id = "0f3c1a52-1111-4222-8333-123456789abc"

    /// As the client follows them: out of the storage, to another project, to a file, and in circles.
    @Test func followsTheUsersLinksAndComesToAnEnd() throws {
        let outside = try scratch.write("x", to: "dotfiles/\(Self.id).jsonl")
        try scratch.write("x", to: "projects/-real/\(Self.id.replacing("0f3c", with: "1f3c")).jsonl")
        try scratch.write("x", to: "projects/-real/\(Self.id)/subagents/agent-a.jsonl")
        let projects = scratch.path + "/projects"
        for (target, link) in [
            (scratch.path + "/dotfiles", "/-out"), (projects + "/-real", "/-in"), (projects, "/-loop"),
            ("..", "/-real/\(Self.id)/subagents/up"),
            (outside, "/-real/\(Self.id.replacing("0f3c", with: "2f3c")).jsonl"),
            (scratch.path + "/nowhere", "/-gone"),
        ] {
            #expect(unsafe symlink(target, projects + link) == 0)
        }
        let found = client.files(in: scratch.path).map(\.path)
        #expect(found.count == 3, "each file once: \(found)")
        #expect(Set(found).count == found.count)
        let linked = projects + "/-out/\(Self.id).jsonl"
        let session = try #require(SessionID(rawValue: Self.id))
        #expect(client.isTranscript(linked, of: session, in: scratch.path))
        #expect(try client.open(linked, in: scratch.path).path == outside)
        #expect(client.file(linked, in: scratch.path)?.path == linked)
        guard case .found = client.find(session, in: scratch.path) else { return #expect(Bool(false), "a lookup") }
        #expect(throws: TranscriptRefusal.self) {
            try client.open(projects + "/-out/../../dotfiles/\(Self.id).jsonl", in: scratch.path)
        }
        #expect(throws: TranscriptRefusal.self) { try client.open(outside, in: scratch.path) }
    }

    /// What cannot be known is neither missing nor a stranger's: its words wait.
    @Test func aDiskInTroubleMakesNoFileAStrangers() throws {
        let projects = scratch.path + "/projects"
        try Files.makeFolder(projects)
        for link in ["/-one", "/-two"] { #expect(unsafe symlink("-two", projects + link) == 0) }
        #expect {
            try client.open(projects + "/-one/\(Self.id).jsonl", in: scratch.path)
        } throws: {
            if case .unreadable(let error)? = $0 as? TranscriptRefusal { error.number == ELOOP } else { false }
        }
        #expect(throws: TranscriptRefusal.missing) {
            try client.open(projects + "/-three/\(Self.id).jsonl", in: scratch.path)
        }
    }

    @Test func missesOnlyWhatIsNotThereUnderFoldersThatCanBeRead() throws {
        try scratch.write("x", to: "projects/-one/def.jsonl")
        #expect(client.find(session, in: scratch.path) == .absent)
    }

    @Test func knowsNothingWhereTheProjectsFolderIsGone() {
        guard case .unknown = client.find(session, in: scratch.path) else {
            return #expect(Bool(false), "a missing folder told something")
        }
    }

    @Test func tellsAnEmptiedFolderFromAnUnmountedOne() throws {
        try Files.makeFolder(scratch.path + "/projects")
        let seen = client.storageMark(in: scratch.path)
        #expect(client.find(session, in: scratch.path, hint: "", storageMark: seen) == .absent)
        try scratch.write("x", to: "projects/-one/def.jsonl")
        guard case .unknown = client.find(session, in: scratch.path, hint: "", storageMark: "1:2") else {
            return #expect(Bool(false), "a folder that is another one told something")
        }
    }

    @Test func takesNoFolderAndNoBrokenLinkForATranscript() throws {
        try Files.makeFolder(scratch.path + "/projects/-one/abc.jsonl")
        #expect(client.find(session, in: scratch.path) == .absent)
    }

    private static let message = #""message":{"role":"user","content":"q"}"#

    @Test(arguments: [
        "", #"{"type":"mode"}"#, #"{"parentUuid":null,"type":"user"}"#, #"{"type":"user","message":null}"#,
        #"{"type":"user","isSidechain":true,\#(message)}"#, #"{"type":"user",\#(message)"#,
        #"{"type":"system",\#(message)}"#,
        #"{"type":"summary","summary":"says \"type\":\"user\""}"#,
    ])
    func knowsATranscriptWithoutAConversation(line: String) throws {
        #expect(!client.hasMessages(try scratch.write(line + "\n" + line + "\n", to: "t.jsonl"), from: 0))
        let whole = line + "\n" + #"{"isSidechain":false,"type":"assistant",\#(Self.message)}"#
        #expect(client.hasMessages(try scratch.write(whole, to: "t.jsonl"), from: 0))
    }

    @Test(arguments: [
        ("/home/me/app", "-home-me-app", true), ("/home/me/app.x_y", "-home-me-app-x-y", true),
        ("/h/ü😀", "-h----", true), ("/home/me/app", "-home-me-ap", false),
        ("/" + String(repeating: "d", count: 300), "-" + String(repeating: "d", count: 199) + "-1a2b", true),
    ])
    func knowsWhereAFolderKeepsItsTranscripts(folder: String, slug: String, isKept: Bool) {
        #expect(client.isKept("/c/projects/\(slug)/abc.jsonl", for: folder) == isKept)
    }

    @Test func namesThePlacesWhereNobodyCanLook() throws {
        let config = scratch.path + "/config"
        try Files.makeFolder(config + "/projects/-good")
        #expect(client.unreachable(in: config).isEmpty)
        #expect(client.unreachable(in: scratch.path + "/none").isEmpty, "no client was ever here")
        _ = unsafe symlink("/nowhere/at/all", config + "/projects/-gone")
        _ = unsafe symlink(scratch.path, config + "/projects/-linked")
        #expect(
            client.unreachable(in: config) == [
                UnreachablePlace(path: config + "/projects/-gone", reason: "it is a link that leads nowhere")
            ])
        // Root can look everywhere, and make a folder another's.
        if geteuid() == 0 {
            try Files.makeFolder(scratch.path + "/theirs")
            _ = unsafe chown(scratch.path + "/theirs", 65_534, 65_534)
            _ = unsafe symlink(scratch.path + "/theirs", config + "/projects/-theirs")
            #expect(client.unreachable(in: config).map(\.reason).contains("it is a link to a place of another user"))
        } else {
            try Files.setMode(config + "/projects/-good", 0)
            #expect(client.unreachable(in: config).map(\.reason).contains("it cannot be read"))
        }
    }
}
