import Domain
import LanguageModel
import Providers
import Settings
import TestSupport
import Testing

@Suite struct CheckTests {
    @Test(arguments: Asking.kinds)
    func asksForTheListOfModels(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            try await Asking.with(Asking.settings(kind, at: model.url)) { try await $0.check(deadline: Asking.long) }
            #expect(model.calls.map(\.uri) == [kind == .anthropic ? "/v1/models?limit=1" : "/v1/models"])
            #expect(model.calls.map(\.method) == ["GET"])
        }
    }

    @Test(arguments: Asking.kinds, [404, 405])
    func takesAServerWithoutAListForThere(kind: ProviderKind, status: Int) async throws {
        try await ScriptedModel.run { model in
            model.play(.status(status, body: "{}"))
            try await Asking.with(Asking.settings(kind, at: model.url)) { try await $0.check(deadline: Asking.long) }
        }
    }

    @Test(
        arguments: Asking.kinds,
        [(401, FailureCategory.auth), (403, .permission), (429, .rateLimit), (500, .serverError)])
    func failsWithTheServersOwnReason(kind: ProviderKind, row: (status: Int, category: FailureCategory)) async throws {
        try await ScriptedModel.run { model in
            model.play(.status(row.status, body: "{}"))
            await #expect {
                try await Asking.with(Asking.settings(kind, at: model.url)) {
                    try await $0.check(deadline: Asking.long)
                }
            } throws: { ($0 as? ModelFailure)?.failureClass.category == row.category }
        }
    }

    @Test(arguments: Asking.kinds)
    func endsAtTheDeadline(kind: ProviderKind) async throws {
        try await ScriptedModel.run { model in
            model.play(.hang)
            await #expect {
                try await Asking.with(Asking.settings(kind, at: model.url)) {
                    try await $0.check(deadline: Asking.short)
                }
            } throws: { ($0 as? ModelFailure)?.failureClass == .timeout }
        }
    }
}
