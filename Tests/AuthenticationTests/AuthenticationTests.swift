import Authentication
import Testing

@Suite struct AuthenticationCodeTests {
    /// RFC 4231, case 2.
    @Test func followsTheStandard() {
        #expect(
            AuthenticationCode.hexadecimal(of: "what do ya want for nothing?", key: "Jefe")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func aLongKeyIsHashedFirst() {
        let key = String(repeating: "k", count: 100)
        let code = AuthenticationCode.hexadecimal(of: "m", key: key)
        #expect(code != AuthenticationCode.hexadecimal(of: "m", key: String(key.prefix(64))))
        #expect(code.utf8.count == 64)
    }

    @Test func takesTextAndKeyThatAreEmpty() {
        #expect(
            AuthenticationCode.hexadecimal(of: "", key: "")
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}

@Suite struct DashboardPassTests {
    private static let token = String(repeating: "a", count: 64)

    @Test func holdsForAWhile() throws {
        let pass = DashboardPass(token: Self.token, now: 1000, nonce: 255).text
        #expect(pass.hasPrefix("601000-00000000000000ff-"))
        #expect(DashboardPass.expiry(of: pass, token: Self.token, now: 600_999) == 601_000)
        #expect(DashboardPass.expiry(of: pass, token: Self.token, now: 601_000) == nil)
    }

    @Test func isOfWhoKnowsTheToken() {
        let pass = DashboardPass(token: Self.token, now: 1000).text
        #expect(DashboardPass.expiry(of: pass, token: "b" + Self.token.dropFirst(), now: 1000) == nil)
        for index in pass.indices {
            var forged = pass
            forged.replaceSubrange(index...index, with: pass[index] == "1" ? "2" : "1")
            #expect(DashboardPass.expiry(of: forged, token: Self.token, now: 1000) == nil)
        }
    }

    @Test(arguments: ["", "1", "--", "9999999999999-ff-00", "9999999999999-0000000000000000-"])
    func isNothingElse(text: String) { #expect(DashboardPass.expiry(of: text, token: Self.token, now: 0) == nil) }
}
