internal import Archive
internal import Capture
package import Domain
package import Redis
internal import Settings
internal import Storage

extension SessionLookup {
    /// The next fresh session may be shown what was said before, since this one cannot be resumed. What was said is there for
    /// as long as a conversation is kept, and a session may expire later: then it comes from the archive.
    /// - Parameter isDropped: who took the session away from its key has let it carry over what is at hand.
    package func letCarry(
        from session: SessionID, _ reason: CarryReason, isDropped: Bool = false,
        over connection: inout RedisConnection
    ) throws(RedisError) {
        var known = try connection.ask(conversations.carriable(1, of: key))
        let isAtHand = !known.messages.isEmpty
        if !isAtHand { addWords(of: session, to: &known) }
        guard !known.messages.isEmpty, !(isAtHand && isDropped) else { return }
        _ = try connection.run(
            conversations.lettingCarry(
                key, from: session, reason, host: host, showing: isAtHand ? [] : known.messages,
                settings.configuration.conversations))
    }

    /// Adds what was said last in a session where nothing is at hand of what was said under its key. Nothing where the archive
    /// cannot be asked, as on another host.
    func addWords(of session: SessionID, to known: inout Carriable) {
        let configuration = settings.configuration
        let origin = EpisodeOrigin(session: session, dispatchKey: key, host: host)
        guard known.messages.isEmpty, configuration.carryOver.admits(key),
            var heard = HeardMessages(of: origin, configuration.conversations, now: nil),
            let archive = (try? ArchiveStores.at(settings.archivePath(host: host)).openToRead()) ?? nil
        else { return }
        let entries = (try? archive.entries(ofSession: session.rawValue, limit: Self.mostEntries)) ?? []
        for entry in entries { heard.hear(entry) }
        let said = heard.take(since: known.clearedMilliseconds ?? .min)?.messages ?? []
        known.messages = said.suffix(Int(configuration.conversations.maxMessages))
    }

    /// Of a session's end: tools and thoughts between what was said count, too.
    private static let mostEntries = 2000

    private var conversations: Conversations { Conversations(keys: settings.keys) }
}
