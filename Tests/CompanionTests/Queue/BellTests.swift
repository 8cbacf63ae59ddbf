import Companion
import Domain
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct BellTests {
    @Test func oneThatRangWhileNobodyWaitedIsHeard() async {
        let bell = Bell()
        bell.ring()
        #expect(await bell.wait(atMost: .seconds(60)))
        #expect(await !bell.wait(atMost: .zero), "once")
    }

    /// Each ring is heard, by who waits then or by the next, in whatever moment the time is over.
    @Test func noneIsLostInTheMomentWhenTheTimeIsOver() async {
        let bell = Bell()
        for round in 0..<2000 {
            async let waited = bell.wait(atMost: .microseconds(round % 50))
            await Task.yield()
            bell.ring()
            guard await !waited else { continue }
            let isHeardLater = await bell.wait(atMost: .seconds(5))
            #expect(isHeardLater, "round \(round)")
            if !isHeardLater { return }
        }
    }

    /// Between somebody's own look at the queue and the watch's first there may have been a push.
    @Test func aWatchThatBeginsWakesWhoLookedBeforeIt() async throws {
        let server = try RedisServer.ofSuite(), bell = Bell()
        let queue = EpisodeQueue(keys: Keys(namespace: "watch").pool("box"))
        var connection = try server.connect()
        try connection.wakeDrains(of: queue)
        let watch = QueueWatch.of(
            queue, client: RedisClient(RedisConnector(url: server.url), deadlines: .watch), bells: [bell])
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await watch.service().run()
                return false
            }
            group.addTask { await bell.wait(atMost: .seconds(15)) }
            #expect(await group.next() == true)
            group.cancelAll()
        }
    }
}
