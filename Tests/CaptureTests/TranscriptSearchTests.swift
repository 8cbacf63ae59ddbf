import Capture
import Domain
import Platform
import TestSupport
import Testing

@Suite struct TranscriptSearchTests {
    private let scratch: Scratch
    private let search: TranscriptSearch
    private let session: SessionID

    init() throws {
        scratch = try Scratch()
        search = TranscriptSearch(configDirectory: scratch.path)
        session = try #require(SessionID(rawValue: "abc"))
    }

    @Test func findsItUnderAnySlug() throws {
        let path = try scratch.write("x", to: "projects/-other/abc.jsonl")
        try scratch.write("x", to: "projects/-one/def.jsonl")
        #expect(search.find(session, hint: scratch.path + "/projects/-one/abc.jsonl") == .found(path: path))
    }

    @Test func missesOnlyWhatIsNotThereUnderFoldersThatCanBeRead() throws {
        try scratch.write("x", to: "projects/-one/def.jsonl")
        #expect(search.find(session) == .absent)
    }

    @Test func knowsNothingWhereTheProjectsFolderIsGone() {
        guard case .unknown = search.find(session) else {
            return #expect(Bool(false), "a missing folder told something")
        }
    }

    @Test func tellsAnEmptiedFolderFromAnUnmountedOne() throws {
        try Files.makeFolder(scratch.path + "/projects")
        let seen = search.projectsFolder
        #expect(search.find(session, projectsFolder: seen) == .absent)
        try scratch.write("x", to: "projects/-one/def.jsonl")
        guard case .unknown = search.find(session, projectsFolder: "1:2") else {
            return #expect(Bool(false), "a folder that is another one told something")
        }
    }

    @Test func takesNoFolderAndNoBrokenLinkForATranscript() throws {
        try Files.makeFolder(scratch.path + "/projects/-one/abc.jsonl")
        #expect(search.find(session) == .absent)
    }

    @Test func knowsATranscriptWithoutAConversation() throws {
        let empty = try scratch.write("", to: "empty")
        let bookkeeping = try scratch.write(#"{"type":"mode"}"# + "\n", to: "mode")
        let whole = try scratch.write(
            #"{"type":"mode"}"# + "\n" + #"{"parentUuid":null,"type":"user"}"# + "\n", to: "user")
        #expect(!TranscriptSearch.hasMessages(empty))
        #expect(!TranscriptSearch.hasMessages(bookkeeping))
        #expect(TranscriptSearch.hasMessages(whole))
    }
}
