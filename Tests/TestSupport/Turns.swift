internal import Synchronization

/// Who may run now, so many at a time, in the order they came. Swift Testing begins all tests of a pass at once: forty
/// companions on two cores keep each other from starting in the time that people wait.
package final class Turns: Sendable {
    /// For tests that start a companion with its Redis.
    package static let companions = Turns(6)

    private struct Queue {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let queue: Mutex<Queue>

    package init(_ places: Int) {
        queue = Mutex(Queue(free: places))
    }

    /// Waits for a place. Whoever takes one gives it back.
    package func take() async {
        await withCheckedContinuation { continuation in
            let isFree = queue.withLock { queue in
                guard queue.free == 0 else {
                    queue.free -= 1
                    return true
                }
                queue.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    package func give() {
        let next: CheckedContinuation<Void, Never>? = queue.withLock { queue in
            guard queue.waiting.isEmpty else { return queue.waiting.removeFirst() }
            queue.free += 1
            return nil
        }
        next?.resume()
    }
}
