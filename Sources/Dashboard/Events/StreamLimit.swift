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
