internal import Domain
internal import Redaction

/// What git said when it failed: for us to tell what happened, for people on one line. It is text of others, a server's too.
struct GitMessage: Sendable {
    private let text: String
    private let token: String?

    /// - Parameter token: which is not to be seen even if a server says it.
    init(_ text: String, token: String? = nil) {
        self.text = text
        self.token = token
    }

    private static let limit = 300

    /// The lines that say most, without secrets.
    var line: String {
        let lines = text.split(whereSeparator: \.isNewline).map { PlainText.line(String($0)) }.filter { !$0.isEmpty }
        let telling = lines.filter { line in
            ["fatal:", "error:", "remote: error", "remote: fatal", "! ["].contains { line.hasPrefix($0) }
        }
        var line = (telling.isEmpty ? lines.suffix(2) : telling.prefix(2)).joined(separator: "; ")
        if let token {
            line = line.split(separator: token, omittingEmptySubsequences: false).joined(separator: "[token]")
        }
        line = PlainText.line(Redactor().redact(line), limit: Self.limit)
        return line.isEmpty ? "git said nothing" : line
    }

    /// What happened. Told from the words, which are English (`LC_ALL`): git has one code for everything.
    var error: CopyError {
        let words = text.lowercased()
        for (signs, make) in Self.signs where signs.contains(where: { words.contains($0) }) { return make(line) }
        return .unavailable(reason: line)
    }

    /// The repository here is damaged, which is no more than a shelf.
    var isOfLocalDamage: Bool {
        let words = text.lowercased()
        return [
            "loose object", "object file", "is corrupt", "bad object", "invalid sha1 pointer", "not a git repository:",
            "unable to read tree", "unable to read sha1", "bad config", "shallow file", "bad shallow line", "inflate",
            "missing blob", "not a valid object name", "bad signature", "index file corrupt", "not our ref",
        ].contains { words.contains($0) }
    }

    /// Whether the branch is not there yet.
    var isOfMissingBranch: Bool { text.contains("couldn't find remote ref") }

    /// In this order: what is told of a reason goes before what is told of its consequence.
    private static let signs: [([String], @Sendable (String) -> CopyError)] = [
        (
            [
                "no space left on device", "disk quota exceeded", "gh001", "exceeds github's file size limit",
                "exceeded the maximum", "over its data quota", "quota exceeded", "repository size limit",
                "pack exceeds maximum allowed size", "file size limit", "error: 413", "insufficient storage",
                "error: 507",
            ], { .full(reason: $0) }
        ),
        (["rate limit", "error: 429", "too many requests"], { _ in .limited(untilMilliseconds: nil) }),
        (
            [
                "non-fast-forward", "fetch first", "stale info", "failed to lock", "cannot lock ref",
                "reference already exists", "incorrect old value", "failed to update ref",
            ], { .rejected(reason: $0) }
        ),
        (
            [
                "authentication failed", "could not read username", "could not read password", "permission denied",
                "error: 401", "error: 403", "host key verification failed", "repository not found", "' not found",
                "access denied", "terminal prompts disabled", "dubious ownership", "hook declined", "protected branch",
                "read-only", "not allowed", "unable to write", "insufficient permission",
            ], { .refused(reason: $0) }
        ),
        (
            [
                "early eof", "unexpected disconnect", "hung up unexpectedly", "rpc failed", "operation too slow",
                "connection reset", "broken pipe", "bad pack header", "index-pack failed", "transfer closed",
                "unpack failed", "unpacker error",
            ], { .cut(reason: $0) }
        ),
        (
            [
                "could not resolve host", "could not resolve hostname", "connection refused", "connection timed out",
                "failed to connect", "couldn't connect", "no route to host", "network is unreachable",
                "does not appear to be a git repository", "could not read from remote repository", "does not exist",
                "unable to access", "error: 50", "timed out",
            ], { .unreachable(reason: $0) }
        ),
    ]
}
