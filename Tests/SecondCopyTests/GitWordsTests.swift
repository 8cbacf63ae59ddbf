import Testing

@testable import SecondCopy

/// What is said to git, and what it says.
struct GitWordsTests {
    @Test(arguments: [
        "/srv/copy.git", "file:///srv/copy.git", "ssh://git@host.example/a/b.git", "git@github.com:owner/repo.git",
        "https://github.com/owner/repo.git", "http://127.0.0.1:8080/x.git",
    ])
    func addressesThatAreTaken(_ url: String) throws { #expect(try GitRemote(url).url == url) }

    @Test(arguments: [
        "", "relative/path", "-oProxyCommand=x", "--upload-pack=x", "ext::sh -c x", "ext::x", "fd::17",
        "ssh://-oProxyCommand=x/y",
        "-x@host:y", "git@-host:y", "https://user:secret@host/x", "https://token@host/x", "http://host.example/x",
        "file://host/x", "a b", "/x\n", "ftp://host/x", "http://127.0.0.1.example/x",
    ])
    func addressesThatAreNot(_ url: String) { #expect(throws: CopyError.self) { try GitRemote(url) } }

    @Test func aTokenIsShownToItsServerAloneAndNoArgumentHasIt() throws {
        let remote = try GitRemote("https://git.example/o/r.git", token: "ghp_MARIGOLD")
        let environment = GitSettings(remote: remote).environment(["PATH": "/bin", "GIT_DIR": "/x"], index: "i")
        let header = try #require(environment.first { $0.value == "http.https://git.example/.extraHeader" })
        let value = environment[header.key.replacing("KEY", with: "VALUE")]
        #expect(value == "Authorization: Basic eC1hY2Nlc3MtdG9rZW46Z2hwX01BUklHT0xE")
        #expect(environment["GIT_DIR"] == nil && environment["GIT_TERMINAL_PROMPT"] == "0")
        #expect(!remote.url.contains("MARIGOLD"))
        #expect(throws: CopyError.self) { try GitRemote("/srv/x", token: "t") }
        #expect(throws: CopyError.self) { try GitRemote("https://h/x", token: "a\nb") }
    }

    @Test func whoPrintsSomethingPrintsNoSecret() throws {
        let remote = try GitRemote("https://git.example/o/r.git", token: "ghp_MARIGOLD")
        #expect("\(remote)" == "https://git.example/o/r.git" && !String(reflecting: remote).contains("MARIGOLD"))
        #expect("\(Seal.testing)" == "key \(CopyKey.testing(1).mark)" && "\(Seal.plain)" == "no key")
        #expect(!String(reflecting: Seal.testing).contains("1, 1, 1"))
    }

    @Test func base64IsThatOfOthers() {
        #expect(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map { Base64.text(Array($0.utf8)) } == [
                "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
            ])
    }

    @Test(arguments: [
        ("fatal: unable to access 'https://h/': Could not resolve host: h", "unreachable"),
        ("fatal: unable to access 'https://h/': Failed to connect to h port 443: Connection refused", "unreachable"),
        (
            "ssh: connect to host h port 22: No route to host\nfatal: Could not read from remote repository.",
            "unreachable"
        ),
        (
            "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
            "unreachable"
        ),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 503", "unreachable"),
        ("fatal: Authentication failed for 'https://h/'", "refused"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", "refused"),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 403", "refused"),
        ("git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.", "refused"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "refused"),
        ("remote: Repository not found.\nfatal: repository 'https://h/x/' not found", "refused"),
        (" ! [rejected] a -> holdfast (fetch first)\nerror: failed to push some refs", "rejected"),
        (" ! [rejected] a -> holdfast (stale info)", "rejected"),
        (" ! [remote rejected] a -> holdfast (failed to update ref)", "rejected"),
        ("remote: error: GH001: Large files detected.\n ! [remote rejected] (pre-receive hook declined)", "full"),
        ("error: file write error: No space left on device", "full"),
        ("fatal: the remote end hung up unexpectedly\nfatal: early EOF\nfatal: index-pack failed", "cut"),
        ("error: RPC failed; curl 28 Operation too slow.", "cut"),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 429", "limited"),
        ("remote: API rate limit exceeded", "limited"),
        ("something nobody has heard of", "unavailable"), ("", "unavailable"),
    ])
    func whatHappenedIsToldFromTheWords(_ text: String, _ kind: String) {
        let error = GitMessage(text).error
        #expect("\(error)" != "" && String(describing: Mirror(reflecting: error).children.first?.label ?? "") == kind)
    }

    @Test func wordsOfOthersAreOneCleanLineWithoutSecrets() {
        let text = """
            remote: hello \u{1b}[31mred\u{202e}
            fatal: unable to access 'https://me:hunter2-very-secret@h.example/x.git/': it says ghp_MARIGOLD \u{7}
            """
        let line = GitMessage(text, token: "ghp_MARIGOLD").line
        #expect(!line.contains("MARIGOLD") && !line.contains("hunter2") && !line.contains("\u{1b}"))
        #expect(line.hasPrefix("fatal: unable to access") && !line.contains("\n"))
        #expect(GitMessage(String(repeating: "fatal: x", count: 10_000)).line.count <= 300)
    }

    @Test func whatCatFilePrintsIsReadByItsLengths() {
        let one = String(repeating: "a", count: 40), two = String(repeating: "b", count: 40)
        var batch = GitBatch(Array("\(one) blob 3\nx\ny\n\(two) missing\n\(one) blob 0\n\n\(two) blob 9\nshort\n".utf8))
        #expect(batch.next(one) == .file(Array("x\ny".utf8)))
        #expect(batch.next(two) == .missing)
        #expect(batch.next(two) == nil)
        #expect(batch.next(one) == .file([]))
        #expect(batch.next(two) == nil)
    }
}
