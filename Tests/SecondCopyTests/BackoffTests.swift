import TestSupport
import Testing

@testable import SecondCopy

struct BackoffTests {
    private func delay(_ failures: Int, seed: UInt64 = 1, named: Int64? = nil) -> Int64 {
        var random = SeededRandom(seed: seed)
        return CopyBackoff.nextTry(after: failures, at: 1_000_000, namedMilliseconds: named, using: &random) - 1_000_000
    }

    @Test(arguments: [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (8, 640), (9, 900), (1000, 900), (.max, 900)])
    func doublesUpToAQuarterOfAnHour(_ failures: Int, _ seconds: Int64) {
        for seed in 0..<50 { #expect((seconds * 800...seconds * 1200).contains(delay(failures, seed: UInt64(seed)))) }
    }

    @Test func hostsThatFailedTogetherComeBackApart() {
        #expect(Set((0..<20).map { delay(5, seed: $0) }).count > 15)
    }

    @Test func comesNotBeforeTheTimeThatWasNamedAndNotDaysLater() {
        #expect(delay(1, named: 1_600_000) == 600_000)
        #expect(delay(1, named: 5) < 7_000)
        #expect(delay(1, named: .max) == 86_400_000)
    }

    @Test func whatIsRememberedComesBack() throws {
        let scratch = try Scratch(), path = scratch.path + "/state.json"
        var state = SyncState()
        #expect(SyncState.read(path) == state)
        (state.hasBegun, state.failures, state.nextTryMilliseconds, state.lastError) = (true, 3, 77, "no \"network\"")
        (state.lackingItems, state.lackingBytes, state.oldestLackingMilliseconds) = (4, 1 << 40, 9)
        try state.write(to: path)
        #expect(SyncState.read(path) == state)
        try scratch.write("{\"begun\":", to: "state.json")
        #expect(SyncState.read(path) == SyncState(), "what is half is found out again")
    }
}
