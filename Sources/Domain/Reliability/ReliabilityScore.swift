/// How reliable it was: the product of three shares, of which each may be unknown. What is unknown does not count, and is
/// said.
package struct ReliabilityScore: Sendable, Equatable {
    package enum Part: String, Sendable, CaseIterable { case uptime, integrity, sync }

    /// 0...1 each; nil where nothing is known.
    package var uptime: Double?
    package var integrity: Double?
    package var sync: Double?

    package init(uptime: Double?, integrity: Double?, sync: Double?) {
        self.uptime = uptime
        self.integrity = integrity
        self.sync = sync
    }

    package subscript(_ part: Part) -> Double? {
        switch part {
        case .uptime: uptime
        case .integrity: integrity
        case .sync: sync
        }
    }

    package var unknown: [Part] { Part.allCases.filter { self[$0] == nil } }

    /// 0...100; nil where no share is known.
    package var percent: Double? {
        let known = Part.allCases.compactMap { self[$0] }
        return known.isEmpty ? nil : 100 * known.reduce(1, *)
    }

    /// What is to be reached.
    package static let targetPercent = 99.5
    package static let targetRecoveryMilliseconds: Int64 = 300_000
    package static let targetRecoveredPercent = 95.0
    package static let targetLossPercent = 0.01
}
