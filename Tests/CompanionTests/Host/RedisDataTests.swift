import Companion
import Domain
import TestSupport
import Testing

/// The embedded server's file, damaged.
@Suite struct RedisDataTests {
    /// - Parameter ends: codes of servers that did not serve; nil for one that did.
    private func steps(_ ends: [Int32?]) -> [StartTrial.Step] {
        var trial = StartTrial()
        return ends.map { trial.ended(code: $0 ?? 1, hasServed: $0 == nil) }
    }

    @Test func itsFileIsToBlameIfItStartsWithoutIt() {
        #expect(
            steps([1, 1, 1, 1, 1, 1, nil, 1, 1]) == [
                .startAgain, .startWithWhatCanBeRead, .startEmpty, .putBack,
                // It was something else, and stays that until a server has served.
                .startAgain, .startAgain, .startAgain, .startAgain, .startWithWhatCanBeRead,
            ])
    }

    @Test func aServerThatWasKilledSaysNothingOfItsFile() {
        #expect(!steps([128 + 9, 128 + 15, 0, 128 + 9, 128 + 9]).contains { $0 != .startAgain })
    }

    private static let commands = [
        "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", "#TS:1800000000\r\n", "*3\r\n$3\r\nset\r\n$1\r\na\r\n$4\r\n\r\n*1\r\n",
        "*1\r\n$5\r\nMULTI\r\n", "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n1\r\n", "*1\r\n$4\r\nEXEC\r\n",
        "*2\r\n$3\r\nDEL\r\n$1\r\na\r\n",
    ]

    @Test func wholeCommandsAreKeptAndHalfATransactionIsNot() {
        let whole = Self.commands.map { Array($0.utf8) }
        let all = whole.flatMap(\.self)
        #expect(RedisData.wholeCommands(all[...]) == all.count)
        // The ends of commands outside of the transaction.
        let ends = Set([0, 1, 2, 3, 6, 7].map { whole.prefix($0).reduce(0) { $0 + $1.count } })
        for cut in 0...all.count {
            #expect(RedisData.wholeCommands(all[..<cut]) == ends.filter { $0 <= cut }.max())
        }
    }

    @Test(arguments: 1...UInt64(30))
    func noiseEndsWhatCanBeRead(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let all = Self.commands.flatMap { Array($0.utf8) }
        var damaged = all
        let start = Int.random(in: 0..<all.count, using: &random)
        for index in start..<min(all.count, start + 16) { damaged[index] = UInt8.random(in: 0...255, using: &random) }
        let whole = RedisData.wholeCommands(damaged[...])
        #expect(whole <= damaged.count)
        // What lies before the noise is kept, to the last whole command.
        #expect(whole >= RedisData.wholeCommands(all[..<start]))
    }
}
