internal import Domain
internal import GRDB
internal import Platform
package import Transcripts

extension Vault {
    /// Takes in a part that a capturer kept, of a transcript that is gone or another by now. What of it is kept already, by
    /// whatever way, is not kept twice.
    /// - Parameter rest: what of it may be kept, nil for nothing; asked while nobody else writes.
    /// - Returns: how many bytes of the file that brought.
    @discardableResult
    package func take(
        _ part: Intake.Part, now: Int64, _ rest: () throws(VaultError) -> KeptBytes?
    ) throws(VaultError) -> Int64 {
        guard let session = SessionID(rawValue: part.session), part.from >= 0, part.to > part.from else {
            throw .rejected(reason: "a part in the vault's intake is of no session")
        }
        return try locked { () throws(VaultError) in
            guard let kept = try rest(), let place = try place(of: part, kept) else { return 0 }
            var request = KeepRequest(
                session: session, name: part.name, path: part.path, configDirectory: part.configDirectory,
                host: part.host, isOfLines: true, isAtRest: true, nowMilliseconds: now)
            if let known = place.known { request.take(known) }
            if let place = part.place {
                (request.cwd, request.branch, request.commit) = (place.cwd, place.branch, place.commit)
            }
            try add(
                kept.rest(after: place.start, from: part.from), of: request, generation: place.generation,
                place.start..<part.to,
                tail: part.tail)
            return part.to - place.start
        }
    }

    private struct PartPlace {
        var generation: Int
        var known: Generation?
        /// From where on something of it is new.
        var start: Int64
    }

    /// - Returns: nil where all of it is kept.
    private func place(of part: Intake.Part, _ kept: KeptBytes) throws(VaultError) -> PartPlace? {
        let known = try read { try Generation.all(of: part.session, name: part.name, $0) }
        for generation in known {
            // By what the file itself was, whatever of it may be kept by now.
            if try isKept(part, in: generation) { return nil }
            if generation.end == part.from, generation.tail == part.tailBefore {
                return PartPlace(generation: generation.generation, known: generation, start: part.from)
            }
            guard generation.end > part.from, try isSame(generation, part, kept) else { continue }
            return generation.end >= part.to
                ? nil : PartPlace(generation: generation.generation, known: generation, start: generation.end)
        }
        // What came before it is kept nowhere: it is a generation with a hole.
        let next = (known.map(\.generation).max() ?? -1) + 1
        let first = SessionID(rawValue: part.session).map(firstGeneration) ?? 0
        return PartPlace(generation: max(next, first), known: nil, start: part.from)
    }

    private func isKept(_ part: Intake.Part, in generation: Generation) throws(VaultError) -> Bool {
        let segments = try read { try Segment.all(of: generation.number, $0) }
        let end = part.to == generation.end ? generation.tail : nil
        let isEnd = end == part.tail || segments.contains { $0.range.upperBound == part.to && $0.tail == part.tail }
        let covered = segments.filter { $0.damage.isEmpty && !$0.isLost && $0.range.overlaps(part.from..<part.to) }
        return isEnd
            && covered.reduce(0) { $0 + $1.range.clamped(to: part.from..<part.to).count } == part.to - part.from
    }

    /// Whether what is kept of a generation in the part's place is the same.
    private func isSame(_ generation: Generation, _ part: Intake.Part, _ kept: KeptBytes) throws(VaultError) -> Bool {
        let segments = try read { try Segment.all(of: generation.number, $0) }
        var isCompared = false
        for segment in segments where !segment.isLost && segment.range.overlaps(part.from..<part.to) {
            guard let content = try? content(of: segment) else { return false }
            let both = max(segment.range.lowerBound, part.from)..<min(segment.range.upperBound, part.to)
            let own = KeptBytes(bytes: content, cuts: segment.cuts).part(both, from: segment.range.lowerBound)
            let other = kept.part(both, from: part.from)
            guard own == other else { return false }
            isCompared = true
        }
        return isCompared
    }
}

extension KeepRequest {
    /// What was known of the place.
    fileprivate mutating func take(_ generation: Generation) {
        (cwd, branch, commit) = (generation.cwd, generation.branch, generation.commit)
        if configDirectory.isEmpty { configDirectory = generation.configDirectory }
    }
}
