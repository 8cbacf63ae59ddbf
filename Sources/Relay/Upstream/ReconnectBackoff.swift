internal import NIOCore

/// When a server that could not be reached is tried again: 100 ms doubling to 5 s, a quarter more or less.
struct ReconnectBackoff {
    private var failures = 0
    private var until = NIODeadline.distantPast

    func allows(at now: NIODeadline) -> Bool { now >= until }

    /// - Parameter random: 0 ..< 1.
    mutating func failed(at now: NIODeadline, random: Double) {
        let pause = min(5000, 100 << min(failures, 6))
        failures += 1
        until = now + .milliseconds(Int64(Double(pause) * (0.75 + random / 2)))
    }
}
