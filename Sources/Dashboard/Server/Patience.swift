internal import NIOCore

/// Decides how long a connection may do nothing, or next to nothing.
///
///     opened --(head)--> answering --(answer, body read)--> idle --(head)--> answering …
///
/// Each wait has an end that drops of data do not put off: a head or body that trickles in ends like one that does
/// not come. Only an answer in the making has none: an event stream may be silent for as long as it likes.
struct Patience {
    let limits: DashboardLimits

    private var unanswered = 0
    private var waitingForHead: NIODeadline?
    private var waitingForBody: NIODeadline?
    private var stalled: NIODeadline?
    private var broken: NIODeadline?
    private var bodyBytes = 0

    init(limits: DashboardLimits) { self.limits = limits }

    /// Whether nobody would miss anything, were the connection closed.
    var isIdle: Bool { unanswered == 0 && waitingForBody == nil }

    /// When the connection is to be closed if nothing changes.
    var deadline: NIODeadline? { [waitingForHead, waitingForBody, stalled, broken].compactMap(\.self).min() }

    mutating func opened(at now: NIODeadline) { waitingForHead = now + TimeAmount(limits.head) }

    mutating func readHead(at now: NIODeadline) {
        unanswered += 1
        waitingForHead = nil
        bodyBytes = 0
        waitingForBody = now + TimeAmount(limits.body)
    }

    /// - Returns: whether this still is a body of somebody who means well. A little more than the limit is read, so
    ///   that the refusal of it arrives.
    mutating func readBody(_ bytes: Int) -> Bool {
        bodyBytes += bytes
        return bodyBytes <= limits.bodyBytes * 16
    }

    mutating func readEnd(at now: NIODeadline) {
        waitingForBody = nil
        rest(from: now)
    }

    mutating func answered(at now: NIODeadline) {
        // What could not be read as a request is answered all the same.
        unanswered = max(0, unanswered - 1)
        rest(from: now)
    }

    /// What was sent is no HTTP, or more than is read: the refusal gets a moment, a flood gets no more than that.
    mutating func failed(at now: NIODeadline) { broken = broken ?? now + .seconds(1) }

    mutating func writable(_ isWritable: Bool, at now: NIODeadline) {
        if isWritable {
            stalled = nil
        } else if stalled == nil {
            stalled = now + TimeAmount(limits.stall)
        }
    }

    private mutating func rest(from now: NIODeadline) {
        if isIdle { waitingForHead = now + TimeAmount(limits.idle) }
    }
}
