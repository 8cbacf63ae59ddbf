import Domain
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

    @Test func knowsATranscriptWithoutAConversation() throws {
        let empty = try scratch.write("", to: "empty")
        let bookkeeping = try scratch.write(#"{"type":"mode"}"# + "\n", to: "mode")
        let whole = try scratch.write(
            #"{"type":"mode"}"# + "\n" + #"{"parentUuid":null,"type":"user"}"# + "\n", to: "user")
        #expect(!client.hasMessages(empty))
        #expect(!client.hasMessages(bookkeeping))
        #expect(client.hasMessages(whole))
    }
}
