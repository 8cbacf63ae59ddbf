import Domain
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing
import Threads

@testable import SecondCopy

/// Real git and a server on loopback that answers as it is told.
struct GitHTTPTests {
    private let git: GitHouse
    private let source = HeldItems()

    init() throws {
        git = try GitHouse()
        source.put(.binding, "x", .replaced, "bound")
    }

    private func error(of server: OneAnswer, deadline: Duration = .seconds(60)) async throws -> CopyError? {
        var options = GitOptions()
        options.networkDeadline = deadline
        let remote = try GitRemote("http://127.0.0.1:\(server.port)/o/r.git", token: "ghp_MARIGOLD")
        let transport = GitTransport(
            remote, folder: git.place("http"), environment: GitHouse.environment, options: options)
        return try await git.house.host("one", source, transport).round(.forced).error
    }

    private static let refused: @Sendable (CopyError?) -> Bool = { if case .refused? = $0 { true } else { false } }

    @Test(arguments: ["401 Unauthorized", "403 Forbidden", "404 Not Found"]) func isNotLetIn(_ status: String)
        async throws
    {
        let server = try OneAnswer("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let error = try await error(of: server)
        #expect(Self.refused(error), "\(String(describing: error))")
        #expect(server.heads.contains { $0.contains("Authorization: Basic eC1hY2Nlc3MtdG9rZW46Z2hwX01BUklHT0xE") })
        #expect(error?.description.contains("MARIGOLD") == false)
    }

    @Test func isAskedToComeLater() async throws {
        let server = try OneAnswer("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        #expect(try await error(of: server) == .limited(untilMilliseconds: nil))
    }

    @Test(arguments: ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"])
    func isOutOfOrder(_ status: String) async throws {
        let server = try OneAnswer("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        #expect(try await error(of: server)?.isUnreachable == true)
    }

    @Test func isBrokenOffOrSpeaksNoGit() async throws {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n\r\n001e#",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "", "rubbish\r\n\r\n",
        ] {
            #expect(try await error(of: try OneAnswer(answer)) != nil)
        }
    }

    @Test func saysNothing() async throws {
        let server = try OneAnswer(nil)
        #expect(
            try await error(of: server, deadline: .milliseconds(500))
                == .cut(reason: "git took longer than 0.5 seconds"))
    }

    @Test func sendsUsElsewhereAndTheTokenDoesNotGoAlong() async throws {
        let elsewhere = try OneAnswer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let place = "http://localhost:\(elsewhere.port)/o/r.git/info/refs?service=git-upload-pack"
        let server = try OneAnswer(
            "HTTP/1.1 302 Found\r\nLocation: \(place)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        #expect(Self.refused(try await error(of: server)))
        #expect(!elsewhere.heads.isEmpty && elsewhere.heads.allSatisfy { !$0.contains("Basic") })
    }
}

/// A server that gives one answer to everybody, and keeps the heads of what was asked; with none it keeps the line open.
final class OneAnswer: Sendable {
    private struct State {
        var heads: [String] = []
        var isOver = false
    }

    let port: UInt16
    private let listener: Int32
    private let state: Shared

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    var heads: [String] { state.state.withLock { $0.heads } }

    init(_ answer: String?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else { throw FileError(path: "127.0.0.1", number: errno) }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        let shared = Shared()
        state = shared
        guard OwnThread.start({ Self.serve(listener, answer, shared) }) else {
            throw FileError(path: "a thread", number: EAGAIN)
        }
    }

    deinit {
        state.state.withLock { $0.isOver = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func serve(_ listener: Int32, _ answer: String?, _ shared: Shared) {
        var open: [Int32] = []
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0, !shared.state.withLock({ $0.isOver }) else { break }
            guard let answer else {
                open.append(connection)
                continue
            }
            var head: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 4096)
            while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
                let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(connection, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                head += buffer[..<count]
            }
            shared.state.withLock { $0.heads.append(String(decoding: head, as: UTF8.self)) }
            // Who has gone meanwhile is nobody's trouble, and no signal's.
            let bytes = Array(answer.utf8)
            _ = unsafe bytes.withUnsafeBytes {
                unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            close(connection)
        }
        for connection in open { close(connection) }
        close(listener)
    }
}
