/// The calls of one remote API within the last quarter of an hour: how long they took, how many failed.
package struct CallWindow: Sendable {
    private struct Call {
        var milliseconds: Int64
        var took: Double
        var failed: Bool
    }

    private var calls: [Call] = []

    /// For how long a call counts for the share of failures, ms.
    package static let span: Int64 = 900_000
    /// For how long it counts for the latency, ms.
    package static let latencySpan: Int64 = 300_000
    /// More than these are not kept: the oldest go.
    package static let most = 10_000

    package init() {}

    /// - Parameters:
    ///   - took: ms; of a call that failed, until it was known to.
    ///   - now: ms, of a clock that is not set back.
    package mutating func add(took: Double, failed: Bool, at now: Int64) {
        drop(before: now - Self.span)
        if calls.count >= Self.most { calls.removeFirst(Self.most / 10) }
        calls.append(Call(milliseconds: now, took: took, failed: failed))
    }

    private mutating func drop(before time: Int64) {
        guard let first = calls.first, first.milliseconds < time else { return }
        calls.removeAll { $0.milliseconds < time }
    }

    /// What 95 of 100 calls of the last five minutes took at most, ms (nearest rank); nil where there was none.
    package func p95(at now: Int64) -> Double? {
        let took = calls.filter { $0.milliseconds > now - Self.latencySpan }.map(\.took).sorted()
        guard !took.isEmpty else { return nil }
        // The smallest rank that 95 % of the calls do not pass.
        return took[max(0, (took.count * 95 + 99) / 100 - 1)]
    }

    /// Percent of the calls of the last 15 minutes; nil of fewer calls than are asked for.
    package func failedPercent(atLeast minimum: Int64, at now: Int64) -> Double? {
        let recent = calls.filter { $0.milliseconds > now - Self.span }
        guard !recent.isEmpty, recent.count >= minimum else { return nil }
        return 100 * Double(recent.count(where: \.failed)) / Double(recent.count)
    }
}
