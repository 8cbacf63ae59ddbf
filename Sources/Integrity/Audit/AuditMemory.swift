package import Chronicle
internal import Domain
package import Redis
package import Settings
internal import Storage

/// What is known of findings of before. A loss is said once. What is left over goes when it has been so for a week, and
/// something else still has what it was of.
package struct AuditMemory: Sendable {
    private let settings: Settings
    private let host: String

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
    }

    /// From when something is first seen to be left over until it goes, ms.
    package static let grace: Int64 = 7 * 86_400_000

    /// Takes off the report what was said to be lost before, and collects what was left over for long.
    /// - Parameter connection: nil where Redis is away: then nothing is collected.
    package func settle(
        _ report: inout AuditReport, by chronicle: Chronicle, over connection: inout RedisConnection?, now: Int64
    ) throws {
        let lost = try chronicle.knownLosses(), all = report.findings.count
        report.findings.removeAll { $0.outcome != .mended && isKnown($0, lost) }
        report.known_lost = Int64(all - report.findings.count)
        let names = report.findings.filter { $0.outcome == .orphan }.map(\.name)
        let since = try chronicle.orphans(Set(names), at: now)
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        for index in report.findings.indices {
            let finding = report.findings[index]
            guard finding.kind == .cursor_without_file, finding.outcome == .orphan,
                finding.detail == Finding.isArchived, let first = since[finding.name], now - first >= Self.grace,
                try connection?.ask(queue.forgettingCursor(of: FileID(host: host, path: finding.thing))) != nil
            else { continue }
            report.findings[index] = finding.with(.collected)
        }
    }

    /// With a pack all is lost that lay in it.
    private func isKnown(_ finding: Finding, _ lost: Set<String>) -> Bool {
        if lost.contains(finding.name) { return true }
        guard finding.kind == .segment_damaged else { return false }
        let pack = finding.thing.prefix { $0 != "," }
        return lost.contains("\(Finding.Kind.pack_missing.rawValue) \(pack)")
    }
}
