import Testing
import Threads

struct ThreadLoopTests {
    @Test func doesOneThingAfterTheOther() async {
        let loop = ThreadLoop()
        let (numbers, post) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<1000 { loop.add { post.yield(number) } }
        loop.add { post.finish() }
        var seen: [Int] = []
        for await number in numbers { seen.append(number) }
        #expect(seen == Array(0..<1000))
    }

    @Test func doesWhatIsDueFirstFirst() async {
        let loop = ThreadLoop()
        let (numbers, post) = AsyncStream.makeStream(of: Int.self)
        for delay in [30, 10, 20, 0] { loop.add(after: .milliseconds(delay * 50)) { post.yield(delay) } }
        loop.add(after: .seconds(2)) { post.finish() }
        var seen: [Int] = []
        for await number in numbers { seen.append(number) }
        #expect(seen == [0, 10, 20, 30])
    }
}
