import Domain
import Glibc
import Testing

@testable import ToolServer

/// The whole server, over pipes.
struct ToolServerTests {
    @Test func endsWhenItsTaskIsCancelled() async throws {
        let pipes = Pipes()
        let sleeper = Tool.sample("sleep") { (_, context) throws(ToolError) in
            while true {
                try context.checkCancellation()
                await Task.yield()
            }
        }
        let server = ToolServer(
            tools: [sleeper], version: "1", instructions: "", input: pipes.input.reads, output: pipes.output.writes)
        let serving = Task { await server.run() }
        pipes.write(Conversation.request(1, "initialize", #"{"protocolVersion":"2025-06-18"}"#))
        #expect(pipes.read().contains(#""protocolVersion":"2025-06-18""#))
        pipes.write(Conversation.request(2, "tools/call", #"{"name":"sleep"}"#))
        pipes.write(Conversation.request(3, "ping"))
        #expect(pipes.read() == #"{"jsonrpc":"2.0","id":3,"result":{}}"# + "\n")
        serving.cancel()
        await serving.value
    }

    @Test func endsWithItsInput() async throws {
        let pipes = Pipes()
        let server = ToolServer(
            tools: [], version: "1", instructions: "", input: pipes.input.reads, output: pipes.output.writes)
        let serving = Task { await server.run() }
        pipes.write(Conversation.request(1, "ping"))
        pipes.closeInput()
        await serving.value
        #expect(pipes.read() == #"{"jsonrpc":"2.0","id":1,"result":{}}"# + "\n")
    }
}

private final class Pipes: Sendable {
    let input: (reads: Int32, writes: Int32)
    let output: (reads: Int32, writes: Int32)

    init() {
        input = Self.pipe()
        output = Self.pipe()
    }

    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(input.writes, $0.baseAddress, $0.count) }
    }

    /// What is there, after waiting for it.
    func read() -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(output.reads, $0.baseAddress, $0.count) }
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }

    func closeInput() { close(input.writes) }

    private static func pipe() -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        _ = unsafe Glibc.pipe(&ends)
        return (ends[0], ends[1])
    }
}
