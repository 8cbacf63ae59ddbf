/// Who had a pool's archive last, and since when nobody has: the hash `archive_epoch`.
package struct ArchiveEpochRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case renewals, episodes, owner
        case milliseconds = "at_ms"
        case byHand = "by_hand"
        case lostEpisodes = "lost_episodes"
        case lostMilliseconds = "lost_ms"
    }

    /// How often the right was taken or renewed.
    package var renewals: Int64 = 0
    /// When it was last, since 1970.
    package var milliseconds: Int64?
    /// That the archive held then.
    package var episodes: Int64 = 0
    /// The companion that did: `<host>:<pid>:<ms>`.
    package var owner: String?
    /// The archive that a person gave the pool.
    package var byHand: String?
    /// How many the archive held before it was found with fewer, and when that was, since 1970; nil once it holds as many
    /// again, or a person has accepted it.
    package var lostEpisodes: Int64?
    package var lostMilliseconds: Int64?

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        renewals = fields.whole(.renewals) ?? 0
        milliseconds = fields.whole(.milliseconds)
        episodes = fields.whole(.episodes) ?? 0
        owner = fields[.owner]
        byHand = fields[.byHand]
        lostEpisodes = fields.whole(.lostEpisodes)
        lostMilliseconds = fields.whole(.lostMilliseconds)
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields.set(.renewals, renewals)
        fields.set(.milliseconds, milliseconds)
        fields.set(.episodes, episodes)
        fields[.owner] = owner
        fields[.byHand] = byHand
        fields.set(.lostEpisodes, lostEpisodes)
        fields.set(.lostMilliseconds, lostMilliseconds)
        return fields.hash
    }

    /// The host whose companion had it last.
    package var host: String? { owner.map { String($0.prefix { $0 != ":" }) } }
}
