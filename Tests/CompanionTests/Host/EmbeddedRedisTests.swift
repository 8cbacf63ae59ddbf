import Companion
import Domain
import Glibc
import Platform
import ServiceLifecycle
import Settings
import TestSupport
import Testing

@Suite struct EmbeddedRedisTests {
    /// Another service of the companion ended, before the server had begun to listen.
    @Test func endsWithACompanionThatEndsAtOnce() async throws {
        let scratch = try Scratch()
        let state = StateFolder(path: scratch.path + "/state")
        try state.prepare()
        let logger = LogRecorder().logger
        let group = ServiceGroup(
            services: [EmbeddedRedis(state: state, logger: logger), Running {}], gracefulShutdownSignals: [],
            logger: logger)
        await #expect(throws: ServiceGroupError.self) { try await group.run() }
        let isLeft = FileLock.isHeld(state.redis + "/server.lock")
        #expect(!isLeft, "the server is still there")
        if isLeft, let pid = Int32(try Files.read(state.redis + "/redis.pid", limit: 64)) { kill(pid, SIGKILL) }
    }
}
