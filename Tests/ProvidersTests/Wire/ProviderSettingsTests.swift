import Domain
import LanguageModel
internal import Settings
import Testing

@Suite struct ProviderSettingsTests {
    private func settings() -> ProviderSettings {
        var settings = ProviderSettings(kind: .openai)
        settings.model = "gpt"
        settings.apiKey = Secret("sk-secret-key")
        settings.headers = ["api-key": "header-secret"]
        settings.query = ["sig": "query-secret"]
        settings.proxyURL = "http://me:proxy-secret@proxy:3128"
        return settings
    }

    @Test func showsNoSecretHoweverItIsPrinted() {
        var dumped = ""
        dump(settings(), to: &dumped)
        dump(Secret("sk-secret-key"), to: &dumped)
        let texts = [
            "\(settings())", String(reflecting: settings()), dumped, "\(Secret("sk-secret-key"))",
            String(reflecting: [settings().apiKey]),
        ]
        for text in texts { #expect(!text.contains("secret-key") && !text.contains("-secret")) }
    }

    @Test func knowsWhatMayNotBeShown() {
        #expect(
            Set(settings().secrets) == ["sk-secret-key", "header-secret", "query-secret", "proxy-secret"])
    }

    @Test func fingerprintsBaseURLAndCredential() {
        var one = settings()
        #expect(one.fingerprint == "fcaaf203")
        let first = one.fingerprint
        one.apiKey = Secret("another")
        #expect(one.fingerprint != first)
        one = settings()
        one.baseURL += "/"
        #expect(one.fingerprint != first)
        one = settings()
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
        var settings = ProviderSettings(kind: kind)
        settings.baseURL = base
        #expect(settings.endpoint("/x") == address)
        settings.query = ["a b": "c&d"]
        #expect(settings.endpoint("/x", extra: ["z": "1"]) == address + "?a%20b=c%26d&z=1")
    }

    @Test(arguments: ["ftp://h", "h", "", "https://", "https://me:pw@h", "https://h/v1?x=1"])
    func refusesBaseURLs(url: String) {
        var settings = settings()
        settings.baseURL = url
        #expect { try settings.validate(place: "file") } throws: {
            ($0 as? ConfigurationError)?.setting == "base_url" && !"\($0)".contains("pw")
        }
    }

    @Test func refusesWhatCannotBeSent() {
        var one = settings()
        one.model = ""
        #expect(throws: ConfigurationError.self) { try one.validate(place: "file") }
        one = settings()
        one.apiKey = Secret("a\r\nb: c")
        #expect { try one.validate(place: "file") } throws: { !"\($0)".contains("b: c") }
        one = settings()
        one.headers = ["x y": "z"]
        #expect(throws: ConfigurationError.self) { try one.validate(place: "file") }
        one = settings()
        one.proxyURL = "socks5://h:1"
        #expect(throws: ConfigurationError.self) { try one.validate(place: "file") }
        #expect(throws: Never.self) { try settings().validate(place: "file") }
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
