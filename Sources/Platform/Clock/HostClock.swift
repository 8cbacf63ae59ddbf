package import Domain
internal import Glibc

/// This host's clocks.
package enum HostClock {
    package static func now() -> Moment {
        Moment(
            wallMilliseconds: milliseconds(CLOCK_REALTIME), bootID: bootID, bootMilliseconds: milliseconds(bootClock))
    }

    /// When this machine was started, by today's wall clock.
    package static var bootedMilliseconds: Int64 { milliseconds(CLOCK_REALTIME) - milliseconds(bootClock) }

    /// The machine's name as the kernel tells it: ASCII letters, digits and dots; what else there is became a dash.
    package static var machine: String {
        var buffer = [CChar](repeating: 0, count: 256)
        unsafe gethostname(&buffer, 255)
        let name = buffer.prefix { $0 != 0 }.map { character -> UInt8 in
            let byte = UInt8(bitPattern: character)
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                return byte
            default: return UInt8(ascii: "-")
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    package static var wallMilliseconds: Int64 { milliseconds(CLOCK_REALTIME) }

    #if os(Linux)
        // Goes on while the machine sleeps, unlike CLOCK_MONOTONIC.
        private static let bootClock = CLOCK_BOOTTIME
        private static let bootID: String = {
            guard let text = try? Files.read("/proc/sys/kernel/random/boot_id", limit: 64) else { return "unknown" }
            return String(decoding: text.utf8.prefix { $0 > 32 }, as: UTF8.self)
        }()
    #else
        private static let bootClock = CLOCK_MONOTONIC
        private static let bootID = "unknown"
    #endif

    /// Since some moment of the past; never set back.
    fileprivate static var steady: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// How long something takes, and whether it was waited for long enough. Where a hook runs it stands for `ContinuousClock`, which
/// brings the whole runtime of concurrency along, and that of Dispatch with it.
package struct Stopwatch: Sendable {
    private let start = HostClock.steady
    private let limit: Duration

    package init(limit: Duration = .zero) {
        self.limit = limit
    }

    package var elapsed: Duration { HostClock.steady - start }
    package var isOver: Bool { elapsed >= limit }
    /// Of the limit; negative when it is over.
    package var left: Duration { limit - elapsed }
}
