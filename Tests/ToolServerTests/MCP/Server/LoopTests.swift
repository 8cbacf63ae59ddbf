import Dispatch
import Synchronization
import Testing

@testable import ToolServer

struct LoopTests {
    @Test func doesOneThingAfterTheOther() async {
        let loop = Loop()
        let (numbers, post) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<1000 { loop.add { post.yield(number) } }
        loop.add { post.finish() }
        var seen: [Int] = []
        for await number in numbers { seen.append(number) }
        #expect(seen == Array(0..<1000))
    }

    @Test func doesWhatIsDueFirstFirst() async {
        let loop = Loop()
        let (numbers, post) = AsyncStream.makeStream(of: Int.self)
        for delay in [30, 10, 20, 0] { loop.add(after: .milliseconds(delay)) { post.yield(delay) } }
        loop.add(after: .milliseconds(40)) { post.finish() }
        var seen: [Int] = []
        for await number in numbers { seen.append(number) }
        #expect(seen == [0, 10, 20, 30])
    }
}

struct CallExecutorTests {
    /// Twelve jobs that each block their thread until all twelve have begun.
    @Test func hasAThreadForEachThatBlocks() async {
        let executor = CallExecutor(limit: 12)
        let begun = DispatchSemaphore(value: 0)
        let go = DispatchSemaphore(value: 0)
        let tasks = (0..<12).map { _ in
            Task(executorPreference: executor) {
                begun.signal()
                return Self.wait(go)
            }
        }
        let all = Task(executorPreference: CallExecutor(limit: 1)) {
            let begun = (0..<12).allSatisfy { _ in Self.wait(begun) }
            for _ in 0..<12 { go.signal() }
            return begun
        }
        #expect(await all.value)
        for task in tasks { #expect(await task.value) }
    }

    @Test func doesMoreThanItHasThreads() async {
        let executor = CallExecutor(limit: 3)
        let tasks = (0..<200).map { number in
            Task(executorPreference: executor) {
                await Task.yield()
                return number
            }
        }
        var sum = 0
        for task in tasks { sum += await task.value }
        #expect(sum == 199 * 100)
    }

    private static func wait(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + 10) == .success
    }
}
