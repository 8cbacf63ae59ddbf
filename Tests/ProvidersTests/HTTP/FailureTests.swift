import Domain
import LanguageModel
import Providers
import Redaction
import Settings
import TestSupport
import Testing

/// Everything that can go wrong on the way, with both providers.
@Suite struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var scene: Scene
        var category: FailureCategory
        var isRetryable: Bool
        var says: String

        var testDescription: String { says }
    }

    static let cases = [
        Case(
            scene: .status(401, body: #"{"error":{"message":"invalid x-api-key \#(Asking.key)"}}"#), category: .auth,
            isRetryable: false, says: "answered 401"),
        Case(
            scene: .status(403, body: #"{"error":{"message":"no access"}}"#), category: .permission, isRetryable: false,
            says: "no access"),
        Case(
            scene: .status(429, headers: ["retry-after": "7"], body: "{}"), category: .rateLimit, isRetryable: true,
            says: "429"),
        Case(scene: .status(500, body: ""), category: .serverError, isRetryable: true, says: "answered HTTP 500"),
        Case(
            scene: .status(529, body: #"{"type":"error","error":{"type":"overloaded_error"}}"#), category: .overloaded,
            isRetryable: true, says: "529"),
        Case(scene: .html502, category: .serverError, isRetryable: true, says: "502"),
        Case(scene: .errorIn200, category: .overloaded, isRetryable: true, says: "Overloaded"),
        Case(scene: .garbageJSON, category: .unknown, isRetryable: true, says: "not JSON"),
        Case(scene: .ok(text: ""), category: .unknown, isRetryable: true, says: "the answer is empty"),
        Case(scene: .dropMidBody, category: .network, isRetryable: true, says: "ECONNRESET"),
        Case(scene: .closeAtOnce, category: .network, isRetryable: true, says: "ECONNRESET"),
        Case(
            scene: .status(302, headers: ["location": "http://127.0.0.1:1/elsewhere"]), category: .invalidRequest,
            isRetryable: false, says: "a redirect, which is not followed"),
    ]

    @Test(arguments: Asking.kinds, cases)
    func tellsWhatWentWrong(kind: ProviderKind, row: Case) async throws {
        try await ScriptedModel.run { model in
            model.play(row.scene)
            let failure = try #require(try await Asking.failure(of: Asking.settings(kind, at: model.url)))
            #expect(failure.message.contains(row.says))
            #expect(failure.failureClass.isRetryable == row.isRetryable)
            #expect(failure.failureClass.category == row.category)
            expectPresentable(failure)
            #expect(model.calls.count == 1)
        }
    }

    @Test(arguments: Asking.kinds)
    func passesOnWhatTheProviderAskedFor(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            model.play(.status(429, headers: ["Retry-After": "7"], body: "{}"))
            let failure = try #require(try await Asking.failure(of: Asking.settings(kind, at: model.url)))
            #expect(failure.failureClass.retryAfterSeconds == 7)
            #expect(failure.httpStatus == 429)
        }
    }

    @Test(arguments: Asking.kinds, [Scene.hang, .hangAfterHead, .slowDrip(bytes: 1)])
    func endsAtTheDeadline(kind: ProviderKind, scene: Scene) async throws {
        try await ScriptedModel.run { model in
            model.play(scene)
            let settings = Asking.settings(kind, at: model.url)
            let failure = try #require(try await Asking.failure(of: settings, deadline: Asking.short))
            #expect(failure.failureClass == .timeout)
            expectPresentable(failure)
            try await poll("the connection is closed") { model.runningCalls == 0 }
        }
    }

    @Test(arguments: Asking.kinds)
    func doesNotWaitForAHeadLongerThanItMay(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            model.play(.hang)
            var settings = Asking.settings(kind, at: model.url)
            settings.headerTimeout = Asking.short
            let failure = try #require(try await Asking.failure(of: settings))
            #expect(failure.failureClass == .timeout)
            #expect(failure.message.contains("no reply within"))
        }
    }

    @Test(arguments: Asking.kinds)
    func cutsOffAHugeAnswer(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            model.play(.hugeAnswer(bytes: 100 << 20))
            var settings = Asking.settings(kind, at: model.url)
            settings.maxResponseBytes = 1 << 20
            let failure = try #require(try await Asking.failure(of: settings))
            #expect(failure.failureClass == .unusableAnswer)
            #expect(failure.message.contains("larger than 1048576 bytes"))
            try await poll("the connection is closed") { model.runningCalls == 0 }
            // What the kernel held between us; a client that reads on takes all hundred.
            #expect(model.pouredBytes < 40 << 20)
        }
    }

    @Test(arguments: Asking.kinds)
    func readsOnlyTheBeginningOfAHugeError(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            model.play(.status(500, body: String(repeating: "word ", count: 1 << 20)))
            let failure = try #require(try await Asking.failure(of: Asking.settings(kind, at: model.url)))
            #expect(failure.failureClass.category == .serverError)
            expectPresentable(failure)
        }
    }

    @Test(arguments: Asking.kinds, [Scene.hang, .hangAfterHead, .slowDrip(bytes: 1)])
    func isAbortedWhenItsTaskIsCancelled(kind: ProviderKind, scene: Scene) async throws {
        try await ScriptedModel.run { model in
            model.play(scene)
            let settings = Asking.settings(kind, at: model.url)
            let failure = try await withThrowingTaskGroup(of: ModelFailure?.self) { group in
                group.addTask { try await Asking.failure(of: settings) }
                try await model.waitForCalls(1)
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(failure?.failureClass == .aborted)
            try await poll("the connection is closed") { model.runningCalls == 0 }
        }
    }

    @Test(arguments: Asking.kinds)
    func namesARefusedConnectionAndRecovers(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            try await Asking.with(Asking.settings(kind, at: model.url)) { provider in
                _ = try await provider.complete(Asking.request, deadline: Asking.long)
                try await model.refuse()
                await #expect {
                    _ = try await provider.complete(Asking.request, deadline: Asking.long)
                } throws: { error in
                    let failure = error as? ModelFailure
                    return failure?.failureClass.category == .network
                        && failure?.message.contains("ECONN") == true
                }
                try await model.accept()
                _ = try await provider.complete(Asking.request, deadline: Asking.long)
            }
        }
    }

    @Test func namesAHostThatIsNot() async throws {
        let settings = Asking.settings(.openai, at: "http://no-such-host.invalid")
        let failure = try #require(try await Asking.failure(of: settings))
        #expect(failure.message.contains("ENOTFOUND"))
        #expect(failure.failureClass.category == .network)
    }

    @Test func namesTLSThatIsNone() async throws {
        try await ScriptedModel.run { model in
            let settings = Asking.settings(.openai, at: "https://127.0.0.1:\(model.port)")
            let failure = try #require(try await Asking.failure(of: settings))
            #expect(failure.failureClass.category == .network)
            #expect(failure.message.contains("EPROTO") || failure.message.contains("ECONNRESET"))
        }
    }

    /// Holds for every failure: one short line, without the key and without what could move a cursor.
    private func expectPresentable(_ failure: ModelFailure) {
        #expect(failure.message.utf8.count <= 300)
        #expect(!failure.message.contains(Asking.key))
        #expect(failure.message.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
    }

    @Test func knowsAPersonsOwnPatterns() async throws {
        let redactor = Redactor(extraPatterns: [try SecretPattern(kind: "badge", pattern: "EMP-[0-9]{6}")])
        try await ScriptedModel.run { model in
            for kind in Asking.kinds {
                model.play(.status(401, body: "EMP-123456 may not, nor may EMP-12\u{0}3456"))
                let failure = try #require(
                    try await Asking.failure(of: Asking.settings(kind, at: model.url), redactor: redactor))
                #expect(failure.message.contains("[redacted:badge] may not, nor may [redacted:badge]"))
            }
        }
    }

    @Test(arguments: [
        "bad key \(Asking.key)", "{\"error\":{\"message\":\"Incorrect API key provided: \(Asking.key).\"}}",
        "line\nbreak \u{1B}[2J\u{202E} \(Asking.key)", String(repeating: "é", count: 5000),
        "Authorization: Bearer \(Asking.key)", "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5",
    ])
    func neverRepeatsSecretsOfAnEcho(body: String) async throws {
        try await ScriptedModel.run { model in
            model.play(.status(401, body: body))
            let failure = try #require(try await Asking.failure(of: Asking.settings(.openai, at: model.url)))
            expectPresentable(failure)
            #expect(!failure.message.contains("ghp_aB3"))
        }
    }
}
