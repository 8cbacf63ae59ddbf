internal import Glibc
internal import Platform
package import Settings

/// How long hooks, or lookups, of this host took: counts by bucket, in one small file that they all add to.
///
/// The file is binary, each number 8 bytes in the machine's order: a series after the other, each its buckets, then the
/// sum in µs. A file rather than Redis: it counts what happens while Redis is away, and costs a hook five system calls.
/// When it was written last is when a hook fired last.
package struct Latencies: Sendable {
    package enum Subject: String, Sendable { case hooks, lookups }

    /// In this order in the hooks' file; new ones come last.
    package enum Series: Int, CaseIterable, Sendable {
        case sessionStart, userPromptSubmit, stop, stopFailure, subagentStop, preCompact, sessionEnd, postToolUseFailure
        case preToolUse
    }

    package struct Histogram: Sendable, Equatable {
        /// By bucket, the last without a bound; not cumulative.
        package var counts: [UInt64]
        package var sumMicroseconds: UInt64
    }

    /// The buckets' upper bounds, in µs.
    package static let bounds: [UInt64] = [
        250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    ]
    private static let width = bounds.count + 2

    package let path: String

    /// When something was counted last, ms since 1970; nil where nothing ever was.
    package var lastCounted: Int64? {
        (try? Files.status(path)).map { Int64($0.st_mtim.tv_sec) * 1000 + Int64($0.st_mtim.tv_nsec) / 1_000_000 }
    }

    package init(_ state: StateFolder, of subject: Subject) { path = "\(state.path)/latencies.\(subject.rawValue)" }

    /// Counts one. What cannot be counted at once, since another does so or there is no room, is left out: nobody waits
    /// for a statistic.
    /// - Parameter series: lookups have but one.
    package func add(_ duration: Duration, to series: Series = .sessionStart) {
        let microseconds = UInt64(min(max(0, duration / .microseconds(1)), 1e12))
        let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
        guard let lock = (try? FileLock.take(path)) ?? nil else { return }
        var numbers = [UInt64](repeating: 0, count: Self.width)
        let offset = off_t(series.rawValue * Self.width * 8)
        // Behind the end there are zeros.
        _ = unsafe numbers.withUnsafeMutableBytes { unsafe pread(lock.descriptor, $0.baseAddress, $0.count, offset) }
        // What a damaged file says must not end a hook.
        numbers = numbers.map(Self.plausible)
        numbers[bucket] += 1
        numbers[Self.width - 1] += microseconds
        _ = unsafe numbers.withUnsafeBytes { unsafe pwrite(lock.descriptor, $0.baseAddress, $0.count, offset) }
    }

    /// Three hundred years in µs; no count comes near it.
    private static func plausible(_ number: UInt64) -> UInt64 { number < 1 << 53 ? number : 0 }

    /// What was counted; all zero where nothing was.
    package func read() -> [Series: Histogram] {
        let bytes = (try? Files.bytes(path, limit: 1 << 16)) ?? []
        var all: [Series: Histogram] = [:]
        for series in Series.allCases {
            let numbers = (0..<Self.width).map { index -> UInt64 in
                let start = (series.rawValue * Self.width + index) * 8
                guard start + 8 <= bytes.count else { return 0 }
                return Self.plausible(
                    unsafe bytes[start..<start + 8].withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt64.self) })
            }
            all[series] = Histogram(counts: Array(numbers.dropLast()), sumMicroseconds: numbers[Self.width - 1])
        }
        return all
    }
}
