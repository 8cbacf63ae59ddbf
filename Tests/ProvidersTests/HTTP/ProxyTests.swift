import Domain
import LanguageModel
import Providers
import Settings
import TestSupport
import Testing

@Suite struct ProxyTests {
    private let answer = #"{"choices":[{"message":{"content":"through the proxy"}}]}"#

    private func settings(_ proxy: ProxyRecorder, user: String = "") -> ProviderEndpoint {
        var settings = Asking.settings(.openai, at: "http://model.invalid:8080")
        settings.proxyURL = "http://\(user)127.0.0.1:\(proxy.port)"
        return settings
    }

    @Test func asksThroughTheProxyWhichResolvesTheHost() async throws {
        try await ProxyRecorder.run(answer: answer) { proxy in
            let answer = try await Asking.with(settings(proxy, user: "me:p%40ss@")) {
                try await $0.complete(Asking.request, deadline: Asking.long)
            }
            #expect(answer.text == "through the proxy")
            let requests = proxy.requests
            #expect(requests.count == 2)
            #expect(requests[0].hasPrefix("CONNECT model.invalid:8080 HTTP/1.1"))
            // me:p@ss
            #expect(requests[0].lowercased().contains("proxy-authorization: basic bwu6cebzcw=="))
            #expect(!requests[0].contains(Asking.key))
            #expect(requests[1].hasPrefix("POST /v1/chat/completions HTTP/1.1"))
            #expect(!requests[1].lowercased().contains("proxy-authorization"))
        }
    }

    @Test(arguments: [("407 Proxy Authentication Required", "407"), ("403 Forbidden", "the proxy refused")])
    func namesTheProxyThatRefuses(status: String, says: String) async throws {
        try await ProxyRecorder.run(refusal: status, answer: answer) { proxy in
            let settings = settings(proxy, user: "me:proxy-password@")
            let failure = try #require(try await Asking.failure(of: settings))
            #expect(failure.message.contains(says))
            #expect(!failure.message.contains("proxy-password"))
            #expect(proxy.requests.count == 1)
        }
    }

    @Test func refusesAFileThatHoldsNoCertificates() async throws {
        let folder = try Scratch()
        try folder.write("no certificate", to: "ca.pem")
        var settings = Asking.settings(.openai, at: "https://model.invalid")
        for file in [folder.path + "/ca.pem", folder.path + "/absent.pem"] {
            settings.caFile = file
            #expect { try HTTPTransport(settings, place: "holdfast.json") } throws: {
                "\($0)".contains("ca_file") && "\($0)".contains(file)
            }
        }
    }
}
