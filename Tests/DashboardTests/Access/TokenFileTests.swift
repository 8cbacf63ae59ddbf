internal import Dashboard
internal import Glibc
internal import TestSupport
internal import Testing

@Suite struct TokenFileTests {
    @Test func isMadeOnceForItsUserOnly() throws {
        let folder = try Scratch()
        let path = folder.path + "/token"
        let token = try DashboardToken.loadOrCreate(path)
        #expect(token.text.utf8.count == 64)
        #expect(folder.mode(of: "token") == 0o600)
        #expect(try DashboardToken.loadOrCreate(path).text == token.text)
        #expect(folder.names == ["token"])
        #expect(DashboardToken.random().text != DashboardToken.random().text)
    }

    @Test func manyAtOnceGetTheSame() async throws {
        let path = try Scratch()
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try DashboardToken.loadOrCreate(path.path + "/token").text } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts.count == 1)
        #expect(path.names == ["token"])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620])
    func isRefusedWhenOthersCanReachIt(mode: Int) throws {
        let folder = try Scratch()
        let path = folder.path + "/token"
        _ = try DashboardToken.loadOrCreate(path)
        unsafe chmod(path, mode_t(mode))
        #expect { try DashboardToken.loadOrCreate(path) } throws: { "\($0)".contains("can be read by others") }
    }

    @Test(arguments: ["", "short\n", String(repeating: "g", count: 64), String(repeating: "a", count: 65)])
    func isRefusedWhenItHoldsSomethingElse(text: String) throws {
        let folder = try Scratch()
        let path = try folder.write(text, to: "token")
        #expect { try DashboardToken.loadOrCreate(path) } throws: { "\($0)".contains("does not hold a token") }
    }

    @Test func isRefusedWhenItIsALinkOrAFolder() throws {
        let folder = try Scratch()
        let real = try folder.write(DashboardToken.random().text, to: "real")
        unsafe symlink(real, folder.path + "/link")
        #expect { try DashboardToken.loadOrCreate(folder.path + "/link") } throws: { "\($0)".contains("is a link") }
        unsafe mkdir(folder.path + "/folder", 0o700)
        #expect { try DashboardToken.loadOrCreate(folder.path + "/folder") } throws: { "\($0)".contains("not a file") }
        #expect { try DashboardToken.loadOrCreate(folder.path + "/no/token") } throws: {
            "\($0)".contains("No such file")
        }
    }

    @Test func isNeverPrinted() {
        let token = DashboardToken.random()
        #expect(!"\(token)\(String(reflecting: token))".contains(token.text))
    }
}
