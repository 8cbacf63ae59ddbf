internal import Platform

/// A stretch of time as people write it.
package enum Period {
    /// When it began that ends now, ms since 1970; nil for nil.
    package static func beginning(_ text: String?) throws(Failure) -> Int64? {
        guard let text else { return nil }
        return HostClock.wallMilliseconds - (try milliseconds(text))
    }

    /// `30d`, `12h` or `2w` in ms.
    package static func milliseconds(_ text: String) throws(Failure) -> Int64 {
        let units: [Character: Int64] = ["h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...100_000).contains(count)
        else { throw Failure(.usage, "since '\(text)': a number and h, d or w, such as 30d") }
        return count * unit
    }
}
