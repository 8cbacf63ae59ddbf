import Glibc
import Platform
import Settings
import Storage
import TestSupport
import Testing

@Suite struct LatenciesTests {
    @Test func countsByBucket() throws {
        let scratch = try Scratch()
        let latencies = Latencies(StateFolder(path: scratch.path), of: .hooks)
        latencies.add(.microseconds(250), to: .stop)
        latencies.add(.microseconds(251), to: .stop)
        latencies.add(.seconds(9), to: .stop)
        latencies.add(.milliseconds(3), to: .sessionEnd)
        let read = latencies.read()
        let stop = try #require(read[.stop])
        #expect(stop.counts == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(stop.sumMicroseconds == 9_000_501)
        #expect(read[.sessionEnd]?.counts[4] == 1)
        #expect(read[.sessionStart]?.counts.allSatisfy { $0 == 0 } == true)
    }

    @Test func losesNothingWhereOneComesAfterTheOther() throws {
        let scratch = try Scratch()
        let latencies = Latencies(StateFolder(path: scratch.path), of: .lookups)
        for _ in 0..<500 { latencies.add(.milliseconds(1)) }
        #expect(latencies.read()[.sessionStart]?.counts[2] == 500)
    }

    @Test func doesNotBelieveADamagedFile() throws {
        let scratch = try Scratch()
        try Files.makeFolder(scratch.path)
        let damaged = String(repeating: "\u{7f}", count: 1000)
        try scratch.write(damaged, to: "latencies.hooks")
        let latencies = Latencies(StateFolder(path: scratch.path), of: .hooks)
        latencies.add(.milliseconds(1), to: .stop)
        #expect(latencies.read()[.stop]?.counts.reduce(0, +) == 1)
    }

    @Test func leavesAFileAloneThatIsALink() throws {
        let scratch = try Scratch()
        let target = try scratch.write("precious", to: "target")
        #expect(unsafe symlink(target, scratch.path + "/latencies.hooks") == 0)
        Latencies(StateFolder(path: scratch.path), of: .hooks).add(.milliseconds(1), to: .stop)
        #expect(try Files.read(target) == "precious")
    }
}
