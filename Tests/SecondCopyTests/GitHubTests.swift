import Synchronization
import Testing

@testable import SecondCopy

struct GitHubTests {
    @Test(arguments: [
        "https://github.com/owner/some.repo.git", "https://github.com/owner/some.repo",
        "https://GitHub.com/owner/some.repo/",
        "git@github.com:owner/some.repo.git", "ssh://git@github.com/owner/some.repo.git",
        "ssh://git@github.com:22/owner/some.repo",
    ])
    func repositoriesAreReadFromTheirAddresses(_ url: String) throws {
        let repository = try #require(GitHubRepository(at: url))
        #expect(repository.owner == "owner" && repository.name == "some.repo")
    }

    @Test(arguments: [
        "/srv/x.git", "https://gitlab.com/a/b", "https://github.com/a", "https://github.com/a/b/c",
        "https://github.com/a/..",
        "https://github.com/a/b?c", "https://github.com.example/a/b", "git@github.com",
        "https://example/github.com/a/b", "",
        "https://github.com/a%2fb/c",
    ])
    func othersAreNone(_ url: String) { #expect(GitHubRepository(at: url) == nil) }

    @Test func aServerOfOnesOwnIsAskedByItsName() {
        #expect(GitHubRepository(at: "git@ghe.example:a/b", host: "ghe.example")?.name == "b")
    }

    private static let now: Int64 = 1_700_000_000_000

    private static let answers: [(HTTPAnswer, CopyError?)] = [
        (HTTPAnswer(status: 200), nil),
        (
            HTTPAnswer(status: 401, body: Array(#"{"message":"Bad credentials"}"#.utf8)),
            .refused(reason: "GitHub does not take the token (Bad credentials)")
        ),
        (
            HTTPAnswer(
                status: 403,
                headers: [
                    "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000100",
                ]), .limited(untilMilliseconds: 1_700_000_100_000)
        ),
        (HTTPAnswer(status: 403, headers: ["retry-after": "30"]), .limited(untilMilliseconds: now + 30_000)),
        (HTTPAnswer(status: 429, headers: ["retry-after": "soon"]), .limited(untilMilliseconds: now + 60_000)),
        (
            HTTPAnswer(status: 403, body: Array(#"{"message":"You have exceeded a secondary rate limit."}"#.utf8)),
            .limited(untilMilliseconds: now + 60_000)
        ),
        (
            HTTPAnswer(status: 403, headers: ["x-ratelimit-remaining": "12"], body: Array("<html>".utf8)),
            .refused(reason: "GitHub forbids it (403)")
        ),
        (HTTPAnswer(status: 404), .refused(reason: "GitHub has no such repository, or the token may not see it")),
        (HTTPAnswer(status: 502), .unreachable(reason: "GitHub is out of order (502)")),
        (HTTPAnswer(status: 301), .unavailable(reason: "the repository has moved; set its new address")),
        (HTTPAnswer(status: 418), .unavailable(reason: "GitHub answers 418 (418)")),
    ]

    @Test(arguments: answers.indices) func whatAnAnswerMeans(_ index: Int) {
        let (answer, error) = Self.answers[index]
        #expect(answer.gitHubError(at: Self.now) == error)
    }

    private static let repository = Array(
        #"{"size":2048,"private":true,"permissions":{"admin":false,"push":true},"name":"x"}"#.utf8)

    @Test func aRepositoryIsLookedAtWithOneCall() async throws {
        let http = Scripted(
            HTTPAnswer(
                status: 200,
                headers: [
                    "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4321", "x-ratelimit-reset": "1700000100",
                ], body: Self.repository))
        let api = try GitHubAPI(http, token: "ghp_MARIGOLD")
        let look = try await api.look(
            at: #require(GitHubRepository(at: "git@github.com:a/b")), nowMilliseconds: Self.now)
        #expect(
            look
                == GitHubAPI.Look(
                    bytes: 2_097_152, canPush: true, isPrivate: true,
                    limit: GitHubAPI.RateLimit(limit: 5000, remaining: 4321, resetMilliseconds: 1_700_000_100_000)))
        let call = try #require(http.calls.first)
        #expect(
            call.url == "https://api.github.com/repos/a/b" && call.headers["Authorization"] == "Bearer ghp_MARIGOLD")
    }

    @Test func theLimitIsAskedWithoutCost() async throws {
        let body = #"{"resources":{"core":{"limit":5000,"remaining":5,"reset":1700000100,"used":1}}}"#
        let http = Scripted(HTTPAnswer(status: 200, body: Array(body.utf8)))
        let limit = try await GitHubAPI(http, base: "http://127.0.0.1:8080/api/v3/", token: nil)
            .rateLimit(nowMilliseconds: Self.now)
        #expect(limit.remaining == 5)
        #expect(http.calls.first?.url == "http://127.0.0.1:8080/api/v3/rate_limit")
        #expect(http.calls.first?.headers["Authorization"] == nil)
    }

    @Test(arguments: ["", "[]", "{}", #"{"size":-1,"private":true}"#, #"{"size":"x","private":true}"#, "\u{0}{"])
    func whatIsNotUnderstoodIsSaid(_ body: String) async throws {
        let http = Scripted(HTTPAnswer(status: 200, body: Array(body.utf8)))
        let api = try GitHubAPI(http, token: nil)
        let repository = try #require(GitHubRepository(at: "git@github.com:a/b"))
        await #expect(throws: CopyError.unavailable(reason: "GitHub's answer is not understood")) {
            try await api.look(at: repository, nowMilliseconds: Self.now)
        }
        await #expect(throws: CopyError.self) { try await api.rateLimit(nowMilliseconds: Self.now) }
    }

    @Test func noAnswerCanHaveTheTokenSaid() async throws {
        let body = Array(#"{"message":"no ghp_MARIGOLD \u001b[31m here"}"#.utf8)
        let api = try GitHubAPI(Scripted(HTTPAnswer(status: 401, body: body)), token: "ghp_MARIGOLD")
        let repository = try #require(GitHubRepository(at: "git@github.com:a/b"))
        let error = await #expect(throws: CopyError.self) {
            try await api.look(at: repository, nowMilliseconds: Self.now)
        }
        #expect(error?.description.contains("MARIGOLD") == false && error?.description.contains("\u{1b}") == false)
    }

    @Test(arguments: [
        "http://api.example", "ftp://x", "", "https://user@host", "http://127.0.0.1.example", "https://a b",
    ])
    func aTokenGoesOverNoOpenLine(_ base: String) {
        #expect(throws: CopyError.self) { try GitHubAPI(Scripted(HTTPAnswer(status: 200)), base: base, token: "x") }
    }

    private final class Scripted: HTTPAsking {
        struct Call {
            var url: String
            var headers: [String: String]
        }

        private let answer: HTTPAnswer
        private let asked = Mutex<[Call]>([])
        var calls: [Call] { asked.withLock { $0 } }

        init(_ answer: HTTPAnswer) { self.answer = answer }

        func get(_ url: String, headers: [(name: String, value: String)]) async throws(CopyError) -> HTTPAnswer {
            let headers = Dictionary(headers.map { ($0.name, $0.value) }) { $1 }
            asked.withLock { $0.append(Call(url: url, headers: headers)) }
            return answer
        }
    }
}
