/// What a companion says of archive and transcripts in its heartbeat: it alone can know that at little cost, and whoever
/// asks for the status needs no archive then.
package struct CompanionFacts: Sendable {
    package var archive = Status.Archive()
    package var backlog: Int64 = 0
    package var oldestBacklogMilliseconds: Int64?
    package var transcriptsEndangered = 0
    /// Why the configured provider cannot be used at all, and since when, ms; empty where it can.
    package var providerError = ""
    package var providerErrorMilliseconds: Int64 = 0
    /// In the heartbeat seven numbers: ms, transcripts, bytes, captured, pending, excluded, missing.
    package var ledger: Status.Ledger?

    package init() {}

    /// As fields of the heartbeat's hash.
    package var fields: [String: String] {
        var fields = [
            "archive_episodes": "\(archive.episodes)", "archive_memories": "\(archive.memories)",
            "archive_without_memory": "\(archive.without_memory)", "archive_bytes": "\(archive.bytes)",
            "archive_error": archive.error ?? "", "archive_counted_ms": "\(archive.at?.milliseconds ?? 0)",
            "backlog": "\(backlog)", "backlog_oldest_ms": "\(oldestBacklogMilliseconds ?? 0)",
            "transcripts_endangered": "\(transcriptsEndangered)", "provider_error": providerError,
            "provider_error_ms": "\(providerErrorMilliseconds)",
        ]
        if let ledger {
            let numbers = [
                ledger.at.milliseconds, Int64(ledger.transcripts), ledger.bytes, ledger.captured, ledger.pending,
                ledger.excluded, ledger.missing,
            ]
            fields["ledger"] = numbers.map(String.init).joined(separator: " ")
        }
        return fields
    }

    /// - Parameter fields: of a heartbeat's hash; what is missing there was not told.
    init(fields: [String: String]) {
        func number(_ name: String) -> Int64 { fields[name].flatMap { Int64($0) } ?? 0 }
        archive.episodes = Int(number("archive_episodes"))
        archive.memories = Int(number("archive_memories"))
        archive.without_memory = Int(number("archive_without_memory"))
        archive.bytes = number("archive_bytes")
        archive.error = fields["archive_error"].flatMap { $0.isEmpty ? nil : $0 }
        archive.at = Timestamp(orNever: number("archive_counted_ms"))
        backlog = number("backlog")
        oldestBacklogMilliseconds = Timestamp(orNever: number("backlog_oldest_ms"))?.milliseconds
        transcriptsEndangered = Int(number("transcripts_endangered"))
        providerError = fields["provider_error"] ?? ""
        providerErrorMilliseconds = number("provider_error_ms")
        let numbers = (fields["ledger"] ?? "").split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 7 else { return }
        ledger = Status.Ledger(
            at: Timestamp(numbers[0]), transcripts: Int(numbers[1]), bytes: numbers[2], captured: numbers[3],
            pending: numbers[4], excluded: numbers[5], missing: numbers[6])
    }
}
