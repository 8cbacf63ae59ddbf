import Dispatch
import Testing
import Threads

struct ExecutorTests {
    /// An actor whose work blocks, as one that waits for Redis.
    private actor Blocking {
        private let executor = ThreadExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

        func wait(for semaphore: DispatchSemaphore, after begin: DispatchSemaphore) -> Bool {
            begin.signal()
            return ExecutorTests.wait(semaphore)
        }

        func answer() -> Int { 42 }
    }

    /// Queues of Dispatch, which share 255 threads at most, keep the last ones from beginning.
    @Test func anActorAnswersHoweverManyOthersBlock() async {
        let begun = DispatchSemaphore(value: 0)
        let go = DispatchSemaphore(value: 0)
        let blocked = (0..<300).map { _ in Blocking() }
        await withTaskGroup(of: Bool.self) { group in
            for actor in blocked { group.addTask { await actor.wait(for: go, after: begun) } }
            // On a thread of its own too: where the blocked ones hold them all, nobody else could count them.
            let all = Task(executorPreference: WorkerExecutor(limit: 1)) {
                (0..<300).allSatisfy { _ in Self.wait(begun) }
            }
            #expect(await all.value)
            #expect(await Blocking().answer() == 42)
            for _ in blocked { go.signal() }
            for await hasGone in group { #expect(hasGone) }
        }
    }

    /// One thing after the other, whoever asks.
    @Test func anActorDoesOneThingAtATime() async {
        actor Counter {
            private let executor = ThreadExecutor()
            nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
            private var count = 0

            func add() -> Int {
                count += 1
                return count
            }
        }
        let counter = Counter()
        let seen = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 { group.addTask { await counter.add() } }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(seen == Set(1...1000))
    }

    /// Twelve jobs that each block their thread until all twelve have begun.
    @Test func hasAThreadForEachThatBlocks() async {
        let executor = WorkerExecutor(limit: 12)
        let begun = DispatchSemaphore(value: 0)
        let go = DispatchSemaphore(value: 0)
        let tasks = (0..<12).map { _ in
            Task(executorPreference: executor) {
                begun.signal()
                return Self.wait(go)
            }
        }
        let all = Task(executorPreference: WorkerExecutor(limit: 1)) {
            let begun = (0..<12).allSatisfy { _ in Self.wait(begun) }
            for _ in 0..<12 { go.signal() }
            return begun
        }
        #expect(await all.value)
        for task in tasks { #expect(await task.value) }
    }

    @Test func doesMoreThanItHasThreads() async {
        let executor = WorkerExecutor(limit: 3)
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
        semaphore.wait(timeout: .now() + 120) == .success
    }
}
