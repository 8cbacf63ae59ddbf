internal import Synchronization

/// How many event streams may be open at a time.
final class StreamLimit: Sendable {
    private let limit: Int
    private let occupied = Mutex(0)

    init(limit: Int) { self.limit = limit }

    func take() -> StreamSlot? {
        let isFree = occupied.withLock { occupied in
            guard occupied < limit else { return false }
            occupied += 1
            return true
        }
        return isFree ? StreamSlot(in: self) : nil
    }

    /// Called by a slot, when it dies.
    func free() { occupied.withLock { $0 -= 1 } }
}

/// One open stream. Free again when nobody holds it: an answer that is never written frees it too.
final class StreamSlot: Sendable {
    private let slots: StreamLimit

    init(in slots: StreamLimit) { self.slots = slots }

    deinit { slots.free() }
}
