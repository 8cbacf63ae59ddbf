/// Tells a call from all others of this server's life; a request id may come again after its call was cancelled.
struct CallID: Sendable, Hashable, Comparable {
    let number: Int

    static func < (one: CallID, other: CallID) -> Bool { one.number < other.number }
}
