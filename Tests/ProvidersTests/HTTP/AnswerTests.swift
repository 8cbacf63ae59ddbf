import Domain
import LanguageModel
import Providers
import Settings
import TestSupport
import Testing

/// Good answers over a real connection.
@Suite struct AnswerTests {
    @Test(arguments: Asking.kinds, [Scene.ok(), .okStreaming(), .slowDrip(bytes: 400), .latency(milliseconds: 20)])
    func answersWithTextAndUsage(kind: ProviderKind, scene: Scene) async throws {
        try await ScriptedModel.run { model in
            model.play(scene)
            let answer = try await Asking.with(Asking.settings(kind, at: model.url)) {
                try await $0.complete(Asking.request, deadline: Asking.long)
            }
            #expect(answer.text.contains("mark-apple"))
            #expect(answer.inputTokens == 123)
            #expect(answer.outputTokens == 45)
            let memory = try MemoryAnswer.parse(answer.text) { $0 }
            #expect(memory.title == "About mark-apple")
        }
    }

    @Test func anthropicSendsWhatTheAPIWants() async throws {
        try await ScriptedModel.run { model in
            _ = try await Asking.with(Asking.settings(.anthropic, at: model.url + "/v1/")) {
                try await $0.complete(Asking.request, deadline: Asking.long)
            }
            let call = try #require(model.calls.first)
            #expect(call.uri == "/v1/messages")
            #expect(call.headers["x-api-key"] == Asking.key)
            #expect(call.headers["anthropic-version"] == "2023-06-01")
            #expect(call.headers["content-type"] == "application/json")
            let body = try JSONValue(parsing: call.body)
            let wanted = try JSONValue(
                parsing: """
                    {"model": "scripted", "max_tokens": 64, "system": "Be brief.",
                     "messages": [{"role": "user", "content": "Tell of mark-apple please"}]}
                    """)
            #expect(body == wanted)
        }
    }

    @Test func openAISendsHeadersAndQueryAsAzureWantsThem() async throws {
        try await ScriptedModel.run { model in
            var settings = Asking.settings(.openai, at: model.url)
            settings.baseURL = model.url + "/openai/deployments/small"
            settings.apiKey = nil
            settings.headers = ["api-key": "azure-secret-1"]
            settings.query = ["api-version": "2024-10-21"]
            settings.model = ""
            _ = try await Asking.with(settings) { try await $0.complete(Asking.request, deadline: Asking.long) }
            let call = try #require(model.calls.first)
            #expect(call.uri == "/openai/deployments/small/chat/completions?api-version=2024-10-21")
            #expect(call.headers["api-key"] == "azure-secret-1")
            #expect(call.headers["authorization"] == nil)
            #expect(!call.body.contains("\"model\""))
        }
    }

    @Test func openAILearnsTheOtherNameOfTheLimitOnce() async throws {
        try await ScriptedModel.run { model in
            let refusal = """
                {"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                'max_completion_tokens' instead.","type":"invalid_request_error","code":"unsupported_parameter"}}
                """
            model.queue(.status(400, body: refusal))
            try await Asking.with(Asking.settings(.openai, at: model.url)) { provider in
                _ = try await provider.complete(Asking.request, deadline: Asking.long)
                _ = try await provider.complete(Asking.request, deadline: Asking.long)
            }
            let names = model.calls.map { $0.body.contains("max_completion_tokens") }
            #expect(names == [false, true, true])
        }
    }

    @Test func readsRateLimitsOfTheReply() async throws {
        try await ScriptedModel.run { model in
            model.play(
                .okWithHeaders([
                    "x-ratelimit-limit-requests": "100", "x-ratelimit-remaining-requests": "90",
                    "x-ratelimit-limit-tokens": "1000", "x-ratelimit-remaining-tokens": "150",
                    "x-ratelimit-reset-tokens": "1m30s",
                ]))
            let answer = try await Asking.with(Asking.settings(.openai, at: model.url)) {
                try await $0.complete(Asking.request, deadline: Asking.long)
            }
            #expect(answer.remainingShare == 0.15)
            #expect(answer.resetsAfterSeconds == 90)
        }
    }

    @Test func keepsManyCallsApart() async throws {
        try await ScriptedModel.run { model in
            model.play(.latency(milliseconds: 20))
            try await Asking.with(Asking.settings(.openai, at: model.url)) { provider in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<12 {
                        group.addTask {
                            let request = ModelRequest(system: "s", prompt: "mark-\(number) it", maxOutputTokens: 9)
                            let answer = try await provider.complete(request, deadline: Asking.long)
                            #expect(answer.text.contains("About mark-\(number)\""))
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(model.calls.count == 12)
            #expect((2...12).contains(model.mostConcurrentCalls))
        }
    }
}
