/// A stretch of time during which a companion said again and again that it is there.
package struct Presence: Sendable, Equatable {
    package enum End: String, Sendable {
        /// It goes on, or nobody saw how it ended.
        case open
        /// Asked to, as by 'holdfast down'.
        case stopped
    }

    package var beganMilliseconds: Int64
    /// Its last word.
    package var untilMilliseconds: Int64
    /// In which boot of the machine.
    package var bootID: String
    /// When that boot was, ms.
    package var bootedMilliseconds: Int64
    /// Which companion: the same while nothing was restarted.
    package var companion: String
    /// Whether Redis took its word.
    package var isServing: Bool
    package var end: End

    package init(
        beganMilliseconds: Int64, untilMilliseconds: Int64, bootID: String, bootedMilliseconds: Int64,
        companion: String, isServing: Bool, end: End = .open
    ) {
        self.beganMilliseconds = beganMilliseconds
        self.untilMilliseconds = untilMilliseconds
        self.bootID = bootID
        self.bootedMilliseconds = bootedMilliseconds
        self.companion = companion
        self.isServing = isServing
        self.end = end
    }
}

/// Of a period: how long this host's companion served, how long it did not though it should have, and how long nobody
/// knows, ms. Made of heartbeats alone.
package struct Uptime: Sendable, Equatable {
    package var up: Int64 = 0
    package var down: Int64 = 0
    /// Before the first heartbeat, while the machine was off or asleep, and while nobody wanted a companion.
    package var unknown: Int64 = 0

    package init() {}

    /// From one word to the next at most; a longer silence is a gap, ms.
    package static let longestSilence: Int64 = 150_000

    /// - Parameters:
    ///   - presences: in order of their beginning.
    ///   - isWanted: whether a companion is to run now: nobody stopped it.
    package init(_ presences: [Presence], from begin: Int64, to end: Int64, isWanted: Bool = true, bootID: String) {
        var known = begin
        var last: Presence?
        func within(_ from: Int64, _ to: Int64) -> Int64 { max(0, min(to, end) - max(from, begin)) }
        for presence in presences {
            // What overlaps, since a clock was set back, counts once.
            let from = max(known, presence.beganMilliseconds)
            add(gapFrom: known, to: from, after: last, before: presence, within)
            let length = within(from, presence.untilMilliseconds)
            if presence.isServing { up += length } else { down += length }
            known = max(known, presence.untilMilliseconds)
            last = presence
        }
        let rest = within(known, end)
        guard rest > 0 else { return }
        switch last {
        // It speaks about once a minute.
        case let last? where rest <= Self.longestSilence && last.end == .open:
            if last.isServing { up += rest } else { down += rest }
        case let last? where last.end == .open && isWanted && last.bootID == bootID: down += rest
        default: unknown += rest
        }
    }

    private mutating func add(
        gapFrom from: Int64, to: Int64, after last: Presence?, before next: Presence,
        _ within: (Int64, Int64) -> Int64
    ) {
        guard within(from, to) > 0 else { return }
        guard let last, last.end == .open else { return unknown += within(from, to) }
        if last.companion == next.companion {
            // The same one spoke before and after. A short silence is none; in a longer one it did not run: the machine slept.
            guard to - from > Self.longestSilence else {
                if last.isServing { up += within(from, to) } else { down += within(from, to) }
                return
            }
            return unknown += within(from, to)
        }
        // It was gone and nobody asked for that. Of the time before the machine was started again nothing is known.
        let booted = last.bootID == next.bootID ? from : min(max(from, next.bootedMilliseconds), to)
        unknown += within(from, booted)
        down += within(booted, to)
    }

    package var known: Int64 { up + down }

    /// 0...1 of what is known; nil where nothing is.
    package var share: Double? { known > 0 ? Double(up) / Double(known) : nil }
}
