internal import Archive
internal import Domain
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// Episodes that wait, are worked on or have failed, in the queues of all pools of this Redis.
struct QueueStep: ForgettingStep {
    let workplace: Workplace

    let place = "the queue"

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        let forgotten = search.forgotten
        try forEachEpisode { id, record, queue, _ in
            let own = find(id, record, search, &finding)
            guard own || queue.forgetting(forgotten, in: record, of: id) != nil else { return }
            finding.count("episodes")
        }
        return finding
    }

    /// - Returns: whether something of the episode is to be forgotten.
    private func find(
        _ id: EpisodeID, _ record: EpisodeRecord, _ search: ForgetSearch, _ finding: inout ForgetFinding
    ) -> Bool {
        guard let session = SessionID(rawValue: record.sessionID) else { return false }
        let isAdded = session == .added
        let isOurs = isAdded ? search.key != nil && record.dispatchKey == search.key : search.sessions.contains(session)
        if isOurs || search.wish.text != nil {
            var isFound = isOurs
            for line in Array((record.content ?? "").utf8).split(separator: 10) {
                let entry = EpisodeEntry(json: line)
                guard isOurs || search.wish.text.map({ $0.occurs(in: Array(line)) }) ?? false else { continue }
                isFound = true
                let text = entry?.text ?? String(decoding: line, as: UTF8.self)
                if finding.samples.count < TextSample.limit, isOurs, let sample = TextSample.of(text) {
                    finding.samples.append(sample)
                }
                if let entry {
                    finding.know(entry.identity, at: entry.at, of: session)
                } else if !isOurs || isAdded {
                    var tombstone = Tombstone(of: session, isWhole: false)
                    tombstone.episodes = [id]
                    finding.know(tombstone)
                }
            }
            if search.wish.text?.occurs(in: record.errorMessage) ?? false {
                var tombstone = Tombstone(of: session, isWhole: false)
                tombstone.remarks = [id]
                finding.know(tombstone)
                isFound = true
            }
            return isFound
        }
        return false
    }

    func remove(_ search: ForgetSearch) throws {
        let forgotten = search.forgotten
        try forEachEpisode { id, record, queue, connection in
            guard let forgetting = queue.forgetting(forgotten, in: record, of: id) else { return }
            // One that was changed meanwhile is found by the next look.
            _ = try connection.carryOut(forgetting, in: queue)
        }
    }

    private func forEachEpisode(
        _ body: (EpisodeID, EpisodeRecord, EpisodeQueue, inout RedisConnection) throws -> Void
    ) throws {
        var connection = try workplace.connect(.companion)
        let own = workplace.settings.pool(host: workplace.host)
        for pool in Set(try connection.pools(of: workplace.settings.keys) + [own]).sorted() {
            let queue = EpisodeQueue(keys: workplace.settings.keys.pool(pool))
            var position: String?
            repeat {
                let page = try connection.walk(queue, from: position, count: 50)
                position = page.next
                for (id, record) in zip(page.ids, try connection.ask(queue.episodes(page.ids))) {
                    if let record { try body(id, record, queue, &connection) }
                }
            } while position != nil
        }
    }
}
