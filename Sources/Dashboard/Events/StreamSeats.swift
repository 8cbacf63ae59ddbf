internal import Synchronization

/// How many event streams may be open at a time.
final class StreamSeats: Sendable {
    private let limit: Int
    private let occupied = Mutex(0)

    init(limit: Int) { self.limit = limit }

    func take() -> StreamSeat? {
        let isFree = occupied.withLock { occupied in
            guard occupied < limit else { return false }
            occupied += 1
            return true
        }
        return isFree ? StreamSeat(in: self) : nil
    }

    /// Called by a seat, when it dies.
    func free() { occupied.withLock { $0 -= 1 } }
}
