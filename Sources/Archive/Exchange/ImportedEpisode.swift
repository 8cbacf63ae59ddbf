internal import Domain

/// An exported episode whose every field was looked at: it may come from anywhere.
package struct ImportedEpisode: Sendable {
    struct Refusal: Error {
        var reason: String
    }

    var episode: StoredEpisode
    var place: Place
    var failure: MemoryFailure?
    var damage: Arrival.Damage?
    var memory: StoredMemory?
    var summaries: [TextSummary]

    init(
        episode: StoredEpisode, place: Place, failure: MemoryFailure? = nil, damage: Arrival.Damage? = nil,
        memory: StoredMemory? = nil, summaries: [TextSummary] = []
    ) {
        self.episode = episode
        self.place = place
        self.failure = failure
        self.damage = damage
        self.memory = memory
        self.summaries = summaries
    }

    init(_ line: ExportLine) throws {
        guard line.format == ExportLine.format else {
            throw Refusal(reason: "the line has format \(line.format), known is \(ExportLine.format)")
        }
        guard let id = EpisodeID(rawValue: line.id) else { throw Refusal(reason: "the episode's id is none") }
        let file = FileID(rawValue: line.fileID)
        guard file != nil || line.fileID.isEmpty else { throw Refusal(reason: "the file's id is none") }
        guard line.bytesFrom >= 0, line.bytesFrom <= line.bytesTo, line.generation >= 0, line.retryCount >= 0
        else {
            throw Refusal(reason: "the episode covers no range of bytes")
        }
        guard line.capturedMilliseconds >= 0, line.capturedMilliseconds < 1 << 53 else {
            throw Refusal(reason: "the time of capture is none")
        }
        let names = [
            line.sessionID, line.dispatchKey, line.groupID, line.host, line.sessionFile, line.agentID, line.filter,
            line.errorType, line.errorMessage,
        ]
        guard names.allSatisfy({ $0.utf8.count <= 8192 && !$0.unicodeScalars.contains("\0") }) else {
            throw Refusal(reason: "a field is longer than 8 KB or holds a NUL")
        }
        guard let place = Place(place: line.place, outcome: line.outcome),
            place.name == line.place
        else { throw Refusal(reason: "the episode is in no place that this version knows") }
        self.place = place
        let content = line.entries.map(\.line).joined(separator: "\n")
        let isDiscarded = line.discardedMilliseconds != nil && content.isEmpty
        episode = StoredEpisode(
            id: id, sessionID: line.sessionID, dispatchKey: line.dispatchKey, groupID: line.groupID, host: line.host,
            sessionFile: line.sessionFile, file: file, generation: line.generation,
            bytes: line.bytesFrom..<line.bytesTo, agentID: line.agentID, filterMark: line.filter,
            capturedMilliseconds: line.capturedMilliseconds, entryCount: line.entries.count, content: content,
            sha256: line.sha256, retryCount: line.retryCount, isHistory: true,
            discardedMilliseconds: isDiscarded ? line.discardedMilliseconds : nil)
        let found = Arrival(episode).damage
        damage = Arrival.Damage(rawValue: line.damage)
        // Damage on the way is none that the archive had.
        guard found != .checksum || damage == .checksum || damage == .lost else {
            throw Refusal(reason: "the entries do not match their SHA-256")
        }
        damage = damage ?? found
        if !line.errorType.isEmpty || line.retryCount > 0 {
            failure = MemoryFailure(type: line.errorType, message: line.errorMessage, retryCount: line.retryCount)
        }
        // Of what this episode keeps a digest, and of nothing else.
        let sums = Set(EpisodeEntry.all(of: content).compactMap { DigestMark(ending: $0.text)?.sum })
        summaries = (line.summaries ?? []).filter { sums.contains($0.sum) && !$0.text.isEmpty }
        if let exported = line.memory {
            memory = StoredMemory(
                episode: id, memory: exported.memory, maker: exported.maker,
                madeMilliseconds: exported.madeMilliseconds)
            memory?.isAltered = exported.isAltered ?? false
        }
    }
}

extension ImportedEpisode {
    /// The episode with texts as they may be kept. Its SHA-256 is of what it holds now.
    func cleaned(by clean: (String) -> String) -> ImportedEpisode {
        var cleaned = self
        let content = EpisodeLine.all(of: episode.content).map { line in
            guard line.raw == nil, var entry = line.entry else { return clean(line.raw ?? "") }
            entry.text = clean(entry.text)
            return entry.json
        }.joined(separator: "\n")
        if content != episode.content {
            cleaned.episode.content = content
            if damage != .checksum { cleaned.episode.sha256 = SHA256.hexadecimal(of: content) }
        }
        // A text is cut when it is clean: half a secret would not be known.
        if var memory {
            memory.memory = memory.memory.mapped(clean).bounded
            cleaned.memory = memory
        }
        cleaned.summaries = summaries.map { summary in
            var summary = summary
            summary.text = Digest.cut(clean(PlainText.withoutZeros(summary.text)), to: 16 << 10)
            summary.provider = PlainText.line(clean(summary.provider), limit: 200)
            summary.model = PlainText.line(clean(summary.model), limit: 200)
            return summary
        }
        if let failure {
            cleaned.failure = MemoryFailure(
                type: clean(failure.type), message: clean(failure.message), retryCount: failure.retryCount)
        }
        return cleaned
    }
}

extension Memory {
    /// No text over 16 KB, no list over 200 items: a model's answer is far below.
    fileprivate var bounded: Memory {
        func short(_ items: [String]) -> [String] { items.prefix(200).map { Digest.cut($0, to: 4096) } }
        var bounded = Memory(
            title: title, summary: summary, decisions: short(decisions), files: short(files),
            commands: short(commands), openQuestions: short(openQuestions), entities: Array(entities.prefix(200)),
            relations: Array(relations.prefix(200)))
        bounded = bounded.mapped { Digest.cut($0, to: 16 << 10) }
        return bounded
    }

    /// The same with each of its texts changed.
    fileprivate func mapped(_ change: (String) -> String) -> Memory {
        Memory(
            title: change(title), summary: change(summary), decisions: decisions.map(change), files: files.map(change),
            commands: commands.map(change), openQuestions: openQuestions.map(change),
            entities: entities.map { Entity(name: change($0.name), kind: change($0.kind)) },
            relations: relations.map {
                Relation(from: change($0.from), relation: change($0.relation), to: change($0.to))
            })
    }
}
