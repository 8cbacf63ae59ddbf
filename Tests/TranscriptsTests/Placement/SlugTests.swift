import Domain
import Glibc
import Platform
import TestSupport
import Testing
import Transcripts

@Suite struct SlugTests {
    private let scratch: Scratch
    private let client = ClaudeCode()
    private let session: SessionID

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc"))
    }

    private func slug(of folder: String) -> String? {
        client.place(of: session, for: folder, in: scratch.path)?.split(separator: "/").dropLast().last.map(String.init)
    }

    private static let long = "/home/me/" + String(repeating: "d", count: 200)

    /// The hashes are those that the client's own function makes; `Tests/EndToEnd` holds it against the client.
    @Test(arguments: [
        ("/home/me/app", "-home-me-app"), ("/home/me/app.x_y/Ä", "-home-me-app-x-y--"), ("/h/ü😀9", "-h----9"),
        ("/h/e\u{301}", "-h-e-"), (long, "-home-me-" + String(repeating: "d", count: 191) + "-7vn2u"),
        (
            "/home/me/" + String(repeating: "ü😀", count: 80),
            "-home-me-" + String(repeating: "-", count: 191) + "-s19b3e"
        ),
        ("/" + String(repeating: "d", count: 199), "-" + String(repeating: "d", count: 199)),
        ("/" + String(repeating: "d", count: 200), "-" + String(repeating: "d", count: 199) + "-25z2kx"),
    ])
    func namesAFolderAsTheClientDoes(folder: String, slug: String) {
        let path = client.place(of: session, for: folder, in: "/c")
        #expect(path == "/c/projects/\(slug)/\(session).jsonl")
        #expect(path.map { client.isKept($0, for: folder) } == true)
    }

    @Test func goesByTheFolderALinkLeadsTo() throws {
        let real = scratch.path + "/real"
        try Files.makeFolder(real)
        #expect(unsafe symlink("real", scratch.path + "/link") == 0)
        #expect(slug(of: scratch.path + "/link") == slug(of: real))
    }

    /// An older client hashes differently: what it began is gone on with, if it is of the same project.
    @Test func takesTheFolderThatIsThereForALongPath() throws {
        let begun = "-home-me-" + String(repeating: "d", count: 191)
        let said = #"{"type":"user","sessionId":"s","cwd":"FOLDER","message":{"content":"q"}}"# + "\n"
        try scratch.write(
            said.replacing("FOLDER", with: Self.long + "/other"), to: "projects/\(begun)-1other/a.jsonl")
        #expect(slug(of: Self.long) == begun + "-7vn2u", "another project's path may begin alike")
        try scratch.write(said.replacing("FOLDER", with: Self.long), to: "projects/\(begun)-2older64bits/a.jsonl")
        #expect(slug(of: Self.long) == begun + "-2older64bits")
        try Files.makeFolder(scratch.path + "/projects/\(begun)-7vn2u")
        #expect(slug(of: Self.long) == begun + "-7vn2u", "what the client would use goes first")
    }
}
