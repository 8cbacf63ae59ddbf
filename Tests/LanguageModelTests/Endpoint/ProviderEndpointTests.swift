import Domain
import LanguageModel
internal import Settings
import Testing

@Suite struct ProviderEndpointTests {
    private func endpoint() -> ProviderEndpoint {
        var endpoint = ProviderEndpoint(kind: .openai)
        endpoint.model = "gpt"
        endpoint.apiKey = Secret("sk-secret-key")
        endpoint.headers = ["api-key": "header-secret"]
        endpoint.query = ["sig": "query-secret"]
        endpoint.proxyURL = "http://me:proxy-secret@proxy:3128"
        return endpoint
    }

    @Test func showsNoSecretHoweverItIsPrinted() {
        var dumped = ""
        dump(endpoint(), to: &dumped)
        dump(Secret("sk-secret-key"), to: &dumped)
        let texts = [
            "\(endpoint())", String(reflecting: endpoint()), dumped, "\(Secret("sk-secret-key"))",
            String(reflecting: [endpoint().apiKey]),
        ]
        for text in texts { #expect(!text.contains("secret-key") && !text.contains("-secret")) }
    }

    @Test func knowsWhatMayNotBeShown() {
        #expect(
            Set(endpoint().secrets) == ["sk-secret-key", "header-secret", "query-secret", "proxy-secret"])
    }

    @Test func fingerprintsBaseURLAndCredential() {
        var one = endpoint()
        #expect(one.fingerprint == "fcaaf203")
        let first = one.fingerprint
        one.apiKey = Secret("another")
        #expect(one.fingerprint != first)
        one = endpoint()
        one.baseURL += "/"
        #expect(one.fingerprint != first)
        one = endpoint()
        one.apiKey = nil
        let byHeader = one.fingerprint
        one.headers["api-key"] = "another"
        #expect(one.fingerprint != byHeader)
    }

    @Test(arguments: [
        (ProviderKind.openai, "http://h/v1", "http://h/v1/x"), (.openai, "http://h/v1/", "http://h/v1/x"),
        (.openai, "http://h/v1/chat/completions", "http://h/v1/x"), (.anthropic, "http://h", "http://h/x"),
        (.anthropic, "http://h/v1", "http://h/x"), (.anthropic, "http://h/v1/messages", "http://h/x"),
    ])
    func buildsAddresses(kind: ProviderKind, base: String, address: String) {
        var endpoint = ProviderEndpoint(kind: kind)
        endpoint.baseURL = base
        #expect(endpoint.address("/x") == address)
        endpoint.query = ["a b": "c&d"]
        #expect(endpoint.address("/x", extra: ["z": "1"]) == address + "?a%20b=c%26d&z=1")
    }

    @Test(arguments: ["ftp://h", "h", "", "https://", "https://me:pw@h", "https://h/v1?x=1"])
    func refusesBaseURLs(url: String) {
        var endpoint = endpoint()
        endpoint.baseURL = url
        #expect { try endpoint.validate(place: "file") } throws: {
            ($0 as? ConfigurationError)?.setting == "base_url" && !"\($0)".contains("pw")
        }
    }

    @Test func refusesWhatCannotBeSent() {
        var one = endpoint()
        one.model = ""
        #expect(throws: ConfigurationError.self) { try one.validate(place: "file") }
        one = endpoint()
        one.apiKey = Secret("a\r\nb: c")
        #expect { try one.validate(place: "file") } throws: { !"\($0)".contains("b: c") }
        one = endpoint()
        one.headers = ["x y": "z"]
        #expect(throws: ConfigurationError.self) { try one.validate(place: "file") }
        one = endpoint()
        one.proxyURL = "socks5://h:1"
        #expect(throws: ConfigurationError.self) { try one.validate(place: "file") }
        #expect(throws: Never.self) { try endpoint().validate(place: "file") }
    }

    @Test(arguments: ["http://h:3128", "http://h:3128/", "HTTP://h:3128"])
    func readsProxies(text: String) throws {
        let proxy = try #require(ProxyAddress(text))
        #expect(proxy.host == "h" && proxy.port == 3128 && proxy.user == nil)
    }

    @Test func readsTheUserOfAProxy() throws {
        let proxy = try #require(ProxyAddress("http://me:p%40ss@[::1]:80"))
        #expect(proxy.host == "::1" && proxy.user == "me" && proxy.password == Secret("p@ss"))
    }

    @Test(arguments: ["", "http://h", "https://h:1", "http://:1", "http://h:0", "http://h:x", "http://me:%zz@h:1"])
    func refusesOtherProxies(text: String) {
        #expect(ProxyAddress(text) == nil)
    }
}
