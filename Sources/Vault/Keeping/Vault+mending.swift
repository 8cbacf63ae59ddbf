internal import Domain
internal import GRDB
internal import Transcripts

extension Vault {
    /// Takes in anew what is known to be damaged, or was taken out for that, where the file still has just that: the SHA-256
    /// of what is kept of it tells, or, where other words are excluded by now, that of the file's bytes before its end. And
    /// what is kept of nothing.
    func mend(
        _ number: Int, of request: KeepRequest, _ file: OpenFile, _ size: Int64, _ filter: Filter
    ) throws(VaultError) {
        let own = try read { database in
            try Generation.all(of: request.session.rawValue, name: request.name, database)
                .first { $0.generation == number }
                .map { KeptFile(generation: $0, segments: try Segment.all(of: $0.number, database)) }
        }
        guard let own else { return }
        for segment in own.segments
        where (!segment.damage.isEmpty || segment.isLost) && segment.range.upperBound <= size {
            let bytes = try file.bytes(from: segment.range.lowerBound, count: segment.range.count)
            let kept = filter(bytes, segment.range.lowerBound)
            let tail = try file.tail(before: segment.range.upperBound)
            guard bytes.count == segment.range.count,
                tail == segment.tail || Digest.hexadecimal(kept.bytes) == segment.sha256
            else { continue }
            let head = SegmentHead(request, generation: number, segment.range, kept, tail: segment.tail)
            try store(head, kept.bytes, instead: [segment])
        }
        for hole in own.gaps where hole.upperBound <= size { try fill(hole, number, of: request, file, filter) }
    }

    /// Gives up what can be read no more, and leaves word of it. Called with the lock.
    func takeOut(_ segment: Segment, of owner: Generation, _ reason: String) throws(VaultError) {
        let nothing = KeptBytes.nothing(of: segment.range, reason)
        var head = SegmentHead(owner, segment)
        (head.kept, head.cuts, head.sha256) = (0, nothing.cuts, Digest.hexadecimal(nothing.bytes))
        try store(head, nothing.bytes, instead: [segment])
        // Its file may still have it.
        try write { try $0.execute(sql: "DELETE FROM seen WHERE path = ?", arguments: [owner.path]) }
    }

    /// Gives up the segments that the last look at each found damaged, and that cannot be read now either.
    package func pruneDamaged() throws(VaultError) -> PruneOutcome {
        var outcome = PruneOutcome()
        for one in try damaged() {
            try locked { () throws(VaultError) in
                guard let segment = try read({ try Segment.page(after: one.number - 1, limit: 1, $0) }).first,
                    segment.number == one.number, !segment.damage.isEmpty,
                    let owner = try read({ try Generation.one(segment.owner, $0) })
                else { return }
                do throws(VaultError) {
                    _ = try provenContent(of: segment)
                    return try note("", of: segment)
                } catch {
                    guard case .damaged = error else { throw error }
                }
                // Then the index alone is wrong, and is made anew.
                if try isElsewhere(segment) { return markIndexDamaged() }
                try takeOut(segment, of: owner, KeptBytes.damagedReason)
                outcome.damaged.append(one)
            }
        }
        outcome.freedBytes = try tidy()
        return outcome
    }

    private func fill(
        _ hole: Range<Int64>, _ number: Int, of request: KeepRequest, _ file: OpenFile, _ filter: Filter
    ) throws(VaultError) {
        var position = hole.lowerBound
        // What stands behind a hole is whole, as what was kept of it was.
        var request = request
        request.isAtRest = true
        while position < hole.upperBound {
            let bytes = try stretch(of: file, from: position, to: hole.upperBound, request)
            guard !bytes.isEmpty else { return }
            let range = position..<position + Int64(bytes.count)
            let kept = filter(bytes, position), tail = try file.tail(before: range.upperBound)
            try store(SegmentHead(request, generation: number, range, kept, tail: tail), kept.bytes, instead: [])
            position = range.upperBound
        }
    }
}
