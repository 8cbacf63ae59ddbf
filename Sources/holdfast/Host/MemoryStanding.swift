internal import Archive
internal import Domain
internal import Redis
internal import Storage

/// How things stand with archive and model.
struct MemoryStanding: Encodable {
    /// 0 full, 1 partial, 2 raw only.
    let level: Int
    let level_name: String
    /// As the configuration names it; none when no model is asked.
    let provider: String
    /// closed, open or half-open; nil before the provider was used.
    let circuit: String?
    let circuit_since: String?
    let circuit_reason: String
    let circuit_message: String
    let next_try: String?
    let last_success_at: String?
    /// Not yet in the archive.
    let unarchived: Int
    /// When the oldest of these was captured, ms since 1970.
    let oldest_unarchived_ms: Int64?
    let episodes_archived: Int
    let memories: Int
    /// In the archive, waiting for room in the queue.
    let backlog: Int
    /// Archived without a memory, for want of a provider.
    let without_memory: Int
    let archive_bytes: Int64
    let archive_error: String?
    /// The companion that writes the archive; nil when none does.
    let archive_owner: String?
    let tokens_today: Int64
    let daily_token_budget: Int64

    private let sinceMilliseconds: Int64

    private enum CodingKeys: CodingKey {
        case level, level_name, provider, circuit, circuit_since, circuit_reason, circuit_message, next_try
        case last_success_at, unarchived, oldest_unarchived_ms, episodes_archived, memories, backlog, without_memory
        case archive_bytes, archive_error, archive_owner, tokens_today, daily_token_budget
    }

    init(_ place: Workplace, _ connection: inout RedisConnection) throws(RedisError) {
        let configuration = place.settings.configuration
        let pool = place.queue.keys
        let today = String(ISOTime.text(HostClock.wallMilliseconds).prefix(10))
        let replies = try connection.pipeline([
            ["ZCARD", pool.unarchived], ["ZRANGE", pool.unarchived, "0", "0", "WITHSCORES"],
            ["GET", pool.archiveOwner],
            ["HGET", pool.day(today), "tokens"],
        ])
        if case .error(let message) = replies[0] { throw RedisError(reply: message) }
        unarchived = Int(replies[0].integer ?? 0)
        oldest_unarchived_ms = replies[1].array?.last?.text.flatMap { Double($0) }.map { Int64($0) }
        archive_owner = replies[2].text
        tokens_today = replies[3].text.flatMap { Int64($0) } ?? 0
        daily_token_budget = configuration.dailyTokenBudget
        let kind = configuration.provider.kind
        provider = kind.rawValue
        let own = try connection.ownCircuit(place.settings)
        let standing = DegradationLevel(circuit: kind == .none ? nil : own?.state ?? .closed)
        level = standing.rawValue
        level_name = standing.title
        circuit = own?.state.rawValue
        sinceMilliseconds = own?.sinceMilliseconds ?? 0
        circuit_since = sinceMilliseconds > 0 ? ISOTime.text(sinceMilliseconds) : nil
        circuit_reason = own?.reason ?? ""
        circuit_message = own.map { $0.message.isEmpty ? $0.checkMessage : $0.message } ?? ""
        next_try = own?.openUntilMilliseconds.map(ISOTime.text)
        last_success_at = own.flatMap {
            $0.lastSuccessMilliseconds > 0 ? ISOTime.text($0.lastSuccessMilliseconds) : nil
        }
        var counts: ArchiveCounts?
        var error: String?
        do throws(ArchiveError) {
            counts = try Archive.openReadOnly(path: place.settings.archivePath(host: place.host))?.counts()
        } catch let trouble {
            error = "\(trouble)"
        }
        episodes_archived = counts?.episodes ?? 0
        memories = counts?.memories ?? 0
        backlog = counts?.backlog ?? 0
        without_memory = counts?.needingReprocessing ?? 0
        archive_bytes = counts?.bytes ?? 0
        archive_error = error
    }

    private var isBudgetSpent: Bool { daily_token_budget > 0 && tokens_today >= daily_token_budget }

    /// What a person should see to, in one sentence; nil when all is well.
    func trouble(dead: Int) -> String? {
        if let archive_error { return "\(archive_error); what is captured waits in Redis." }
        if let oldest_unarchived_ms, HostClock.wallMilliseconds - oldest_unarchived_ms > 60_000 {
            return
                "\(unarchived) episodes are not archived, the oldest from \(Terminal.ago(oldest_unarchived_ms)): see the companion's log; nothing is lost."
        }
        if circuit == "open" {
            let next = next_try.map { "the next try is at \($0)" } ?? "mend it, then run 'holdfast circuit close'"
            return
                "Memories wait since \(Terminal.ago(sinceMilliseconds)): \(provider) is not called (\(circuit_reason)); nothing is lost; \(next)."
        }
        if isBudgetSpent {
            return
                "The day's token budget is spent (\(tokens_today) of \(daily_token_budget)); memories go on at midnight UTC, or raise daily_token_budget."
        }
        if dead > 0 {
            return
                "\(dead) episodes got no memory for good; their words are archived: 'holdfast episodes list --state dead', then 'episodes retry' or 'discard'."
        }
        return nil
    }

    var text: String {
        var text = "level \(level) (\(level_name)), provider \(provider)"
        if let circuit { text += ", circuit \(circuit)" }
        if sinceMilliseconds > 0 { text += " since \(Terminal.ago(sinceMilliseconds))" }
        if !circuit_reason.isEmpty { text += " (\(circuit_reason))" }
        if daily_token_budget > 0 { text += ", \(tokens_today) of \(daily_token_budget) tokens today" }
        return text
    }

    var archiveText: String {
        var text = "\(episodes_archived) episodes, \(memories) memories, \(archive_bytes >> 20) MB"
        if unarchived > 0 { text += ", \(unarchived) not yet archived" }
        if backlog > 0 { text += ", \(backlog) in the backlog" }
        if without_memory > 0 { text += ", \(without_memory) without a memory for want of a provider" }
        return text
    }
}
