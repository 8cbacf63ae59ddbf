/// The calls that run or wait, and how many may.
///
///     waiting --(a place is free)--> running --(comes back)--> gone
///        |                              +--(cancelled, or over its deadline)--> abandoned --(comes back)--> gone
///        +--(cancelled, or over its deadline)--> gone
///
/// An abandoned call gives its place to another: a tool that hangs would take the server with it, one call after the
/// other. How many may hang is bounded too, as each may hold a thread.
struct CallTable: Sendable {
    /// A call whose answer the client waits for.
    struct Entry: Sendable {
        let call: Call
        let request: Request
        let destination: Destination
        let deadline: Duration
        var isRunning = false
        var progress: Double?
    }

    private let limits: Limits
    private var awaited: [CallID: Entry] = [:]
    private var byRequest: [Identifier: CallID] = [:]
    private var queue: [CallID] = []
    private var running = 0
    private(set) var abandoned: Set<CallID> = []

    init(limits: Limits) { self.limits = limits }

    /// Whether no code of a tool runs or will.
    var isEmpty: Bool { awaited.isEmpty && abandoned.isEmpty }
    var isFull: Bool { queue.count >= limits.waiting }
    var isClogged: Bool { abandoned.count >= limits.abandoned }
    var awaitedIDs: [CallID] { awaited.keys.sorted() }

    subscript(request: Identifier) -> CallID? { byRequest[request] }
    subscript(id: CallID) -> Entry? { awaited[id] }

    mutating func add(_ entry: Entry) {
        awaited[entry.call.id] = entry
        byRequest[entry.request.id] = entry.call.id
        queue.append(entry.call.id)
    }

    /// Takes the calls that may start now.
    mutating func start() -> [Call] {
        var started: [Call] = []
        while running < limits.running, !queue.isEmpty, !isClogged {
            guard let call = awaited[queue[0]]?.call else { break }
            queue.removeFirst()
            awaited[call.id]?.isRunning = true
            running += 1
            started.append(call)
        }
        return started
    }

    /// Takes a call whose answer is given, or unwanted, while its code runs or waits.
    mutating func abandon(_ id: CallID) -> Entry? {
        guard let entry = remove(id) else { return nil }
        if entry.isRunning {
            abandoned.insert(id)
        } else {
            queue.removeAll { $0 == id }
        }
        return entry
    }

    /// Notes that a call's code has come back.
    /// - Returns: nil when nobody waits for its answer any more.
    mutating func end(_ id: CallID) -> Entry? {
        abandoned.remove(id)
        return remove(id)
    }

    /// Notes how far a call has come.
    /// - Returns: nil when nobody wants to know, or it was further before.
    mutating func advance(_ id: CallID, to done: Double) -> Entry? {
        guard let entry = awaited[id], done.isFinite, done > entry.progress ?? -.infinity else { return nil }
        awaited[id]?.progress = done
        return entry
    }

    private mutating func remove(_ id: CallID) -> Entry? {
        guard let entry = awaited.removeValue(forKey: id) else { return nil }
        byRequest[entry.request.id] = nil
        if entry.isRunning { running -= 1 }
        return entry
    }
}
