/// Where runs of an alphabet end, remembered: many places of one run may ask (`sk-sk-sk-…`), and by turns with those of
/// another (`eyJ-eyJ-….eyJ`), and only the first has to walk there. This is what keeps all look-ahead linear.
///
/// A text lies in blocks of 64 bytes, and a run is remembered at the start of each that it reaches into. Who asks walks to
/// the next block at most, and each block is walked through once per alphabet.
struct RunEnds {
    private static let blockShift = 6
    /// Per alphabet, by block: the end of the run that its first byte is in; 0 as long as nobody asked.
    private var ends: [[Int]] = []

    /// The end of the run that starts at `start`.
    mutating func end(of alphabet: Alphabet, in bytes: [UInt8], from start: Int, _ steps: StepCount) -> Int {
        var end = start
        let nextBlock = (start >> Self.blockShift + 1) << Self.blockShift
        while end < bytes.count, end < nextBlock, alphabet.contains(bytes[end]) {
            steps.add()
            end += 1
        }
        guard end == nextBlock, end < bytes.count else { return end }
        return endOfLong(alphabet, in: bytes, from: end, steps)
    }

    /// - Parameter start: where a block begins.
    private mutating func endOfLong(
        _ alphabet: Alphabet, in bytes: [UInt8], from start: Int, _ steps: StepCount
    ) -> Int {
        let slot = alphabet.slot
        if ends.isEmpty { ends = [[Int]](repeating: [], count: Alphabet.slots) }
        if ends[slot].isEmpty {
            ends[slot] = [Int](repeating: 0, count: bytes.count >> Self.blockShift + 1)
            steps.add(ends[slot].count)
        }
        var end = start
        while end < bytes.count, alphabet.contains(bytes[end]) {
            if end & (1 << Self.blockShift - 1) == 0 {
                let known = ends[slot][end >> Self.blockShift]
                if known != 0 {
                    end = known
                    break
                }
            }
            steps.add()
            end += 1
        }
        for block in stride(from: start >> Self.blockShift, through: end >> Self.blockShift, by: 1) {
            // Known from here on: it was this that ended the walk.
            if block << Self.blockShift >= end || ends[slot][block] != 0 { break }
            ends[slot][block] = end
        }
        return end
    }
}

/// Counts how often scanners look at a byte, where the build checks itself: that redaction takes a time linear in the text
/// is a promise, and clocks are no witnesses. Elsewhere it is nothing and costs nothing.
struct StepCount {
    #if DEBUG
        private final class Counter {
            var value = 0
        }

        private let counter = Counter()
        var value: Int { counter.value }
    #endif

    @inline(__always)
    func add(_ count: Int = 1) {
        #if DEBUG
            counter.value += count
        #endif
    }
}
