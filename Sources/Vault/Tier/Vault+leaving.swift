package import Domain
internal import GRDB
internal import Platform
package import Settings

/// A vault that is nearly full passes on to the second copy what was longest unused, session by session: written as a pack of
/// its own, sent, read back, and taken out here.
extension Vault {
    package var tier: VaultTier { VaultTier(vault: folder) }

    /// Of what the vault may hold, when sessions begin to leave.
    private static let nearlyFull = 0.9
    /// Of what waits to be sent, bytes: it lies on the disk twice.
    private static let mostLeaving: Int64 = 64 << 20

    package func isNearlyFull(_ policy: VaultPolicy) throws(VaultError) -> Bool {
        try wantedBytes() > Int64(Double(policy.maxBytes) * Self.nearlyFull)
    }

    /// The sessions that the copy has and the vault has not, each by the name of the pack that left last.
    package func away() throws(VaultError) -> [(name: String, session: AwaySession)] {
        var latest: [SessionID: (name: String, session: AwaySession)] = [:]
        for (name, session) in tier.passedOn { latest[session.session] = (name, session) }
        var away: [(name: String, session: AwaySession)] = []
        for one in latest.values where try self.session(one.session.session) == nil { away.append(one) }
        return away.sorted { $0.name < $1.name }
    }

    package func isAway(_ id: SessionID) throws(VaultError) -> Bool {
        guard try session(id) == nil else { return false }
        return !tier.passedOn(id).isEmpty
    }

    /// Of those that came back and were not added to: they may leave again as they are.
    /// - Returns: names of packs.
    package func returned() throws(VaultError) -> [(name: String, session: AwaySession)] {
        var found: [(name: String, session: AwaySession)] = []
        for (name, session) in tier.passedOn where try isUnchanged(session) { found.append((name, session)) }
        return found
    }

    private func isUnchanged(_ away: AwaySession) throws(VaultError) -> Bool {
        guard let kept = try session(away.session) else { return false }
        return kept.files.map(\.generation.lastMilliseconds).max() ?? 0 <= away.lastMilliseconds
    }

    /// Writes packs of the sessions that are to leave. One that cannot be written keeps no other from it.
    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - isBound: whether a key has the session: then it stays.
    /// - Returns: why one could not be written; nil where all were.
    package func promote(
        _ policy: VaultPolicy, now: Int64, isBound: (SessionID) throws -> Bool
    ) throws -> VaultError? {
        guard try isNearlyFull(policy) else { return nil }
        let limit = Int64(Double(policy.maxBytes) * Self.nearlyFull)
        let waiting = Set(tier.leavingNames.compactMap(VaultTier.session))
        let returned = Set(try returned().map(\.session.session))
        var left = try wantedBytes(), leaving: Int64 = 0, failure: VaultError?
        for (session, _, bytes) in try sessionsByUse() {
            guard left > limit, leaving < Self.mostLeaving else { break }
            if returned.contains(session) {
                left -= bytes
            } else if waiting.contains(session) {
                (left, leaving) = (left - bytes, leaving + bytes)
            } else if try !isBound(session) {
                do throws(VaultError) {
                    if try writePack(of: session, bytes, at: now) { (left, leaving) = (left - bytes, leaving + bytes) }
                } catch {
                    failure = failure ?? error
                }
            }
        }
        return failure
    }

    /// - Returns: false where something of it cannot be read: it is mended first; or where there is no room for it twice.
    private func writePack(of session: SessionID, _ bytes: Int64, at now: Int64) throws(VaultError) -> Bool {
        try locked { () throws(VaultError) in
            let draft = PackFolder(path: tier.leaving + "/draft")
            try disk { () throws(FileError) in try Files.makeFolder(draft.path) }
            defer { Files.removeFolder(draft.path) }
            guard Files.freeBytes(of: draft.path) >= 2 * bytes + Self.mostLeaving else { return false }
            guard !tier.leavingNames.contains(where: { VaultTier.session(of: $0) == session }) else { return true }
            var end: Int64 = 0
            for segment in try segments(of: session) {
                do throws(VaultError) {
                    _ = try content(of: segment)
                } catch {
                    if case .damaged = error { return false }
                    throw error
                }
                let bytes = try disk { () throws(FileError) in try packs.read(segment.place) }
                try disk { () throws(FileError) in try draft.append(bytes, to: 1, at: end) }
                end += Int64(bytes.count)
            }
            guard end > 0 else { return false }
            return Files.rename(draft.file(1), to: tier.leavingFile(VaultTier.name(of: session, at: now)))
        }
    }

    private func segments(of session: SessionID) throws(VaultError) -> [Segment] {
        try read { database in
            try Generation.all(of: session.rawValue, database).flatMap { try Segment.all(of: $0.number, database) }
        }
    }

    /// Whether a pack, as it came back from the copy, has all that the vault has of a session, byte for byte.
    /// - Parameter folder: with nothing but the pack.
    package func isProven(_ session: SessionID, byPacksIn folder: String) throws(VaultError) -> Bool {
        let copy = PackFolder(path: folder)
        var proven: Set<Stretch> = []
        for pack in try disk({ () throws(FileError) in try copy.packs() }) {
            for (_, place) in try copy.segments(of: pack).found {
                let bytes = try disk { () throws(FileError) in try copy.read(place) }
                // Opened, and held against its SHA-256.
                guard let head = try? Frame.content(of: bytes[...], named: place.name, seal).head else { continue }
                proven.insert(Stretch(head))
            }
        }
        return proven.isSuperset(of: try stretches(of: session))
    }

    /// Whether any of some pieces of bytes stands in packs of a copy. What cannot be opened may hold them.
    package func holds(anyOf pieces: [[UInt8]], inPacksOf folder: String) throws(VaultError) -> Bool {
        let copy = PackFolder(path: folder)
        for pack in try disk({ () throws(FileError) in try copy.packs() }) {
            for (_, place) in try copy.segments(of: pack).found {
                let bytes = try disk { () throws(FileError) in try copy.read(place) }
                guard let content = try? Frame.content(of: bytes[...], named: place.name, seal).content else {
                    return true
                }
                let isHeld = unsafe content.withUnsafeBytes { content in
                    pieces.contains { unsafe ByteSearch.contains(content, $0) }
                }
                if isHeld { return true }
            }
        }
        return false
    }

    private func stretches(of session: SessionID) throws(VaultError) -> [Stretch] {
        try read { database in
            try Generation.all(of: session.rawValue, database).flatMap { owner in
                try Segment.all(of: owner.number, database).map { Stretch(SegmentHead(owner, $0)) }
            }
        }
    }

    /// Takes a session out that the second copy has.
    /// - Parameters:
    ///   - name: of its pack, which goes.
    ///   - away: as the copy knows it.
    ///   - folder: with the pack as it came back from there.
    /// - Returns: false where it was added to meanwhile: then it stays, and leaves another time.
    package func leave(_ name: String, _ away: AwaySession, provenIn folder: String) throws(VaultError) -> Bool {
        try locked { () throws(VaultError) in
            var away = away
            guard let kept = try session(away.session) else {
                // It was taken out meanwhile: that the copy has it is known all the same.
                try tier.note(away, name)
                return true
            }
            guard try isProven(away.session, byPacksIn: folder) else { return false }
            let own = kept.files.map(\.generation)
            away.lastMilliseconds = own.map(\.lastMilliseconds).max() ?? away.lastMilliseconds
            away.generation =
                try read { try Generation.all(of: away.session.rawValue, $0) }.map(\.generation).max() ?? 0
            (away.files, away.keptBytes) = (kept.files.count, kept.files.reduce(0) { $0 + $1.keptBytes })
            away.cwd = kept.transcript?.generation.cwd ?? ""
            // First the word, then the deed: killed between them, it lies in both.
            try tier.note(away, name)
            // A transcript that is still there looks as it did: it is not kept again.
            try takeOut(away.session, file: nil, withLooks: false)
            return true
        }
    }

    /// What is kept anew of a session that left is another generation: what left comes back beside it.
    func firstGeneration(of session: SessionID) -> Int {
        (tier.passedOn(session).map(\.generation).max() ?? -1) + 1
    }

    /// What of a session's files left is kept again by the next look, though they are as they were.
    package func lookAgain(at transcript: String) throws(VaultError) {
        let folder = transcript.hasSuffix(".jsonl") ? String(transcript.dropLast(6)) + "/" : transcript + "/"
        try write { database in
            try database.execute(
                sql: "DELETE FROM seen WHERE path = ?1 OR substr(path, 1, length(?2)) = ?2",
                arguments: [transcript, folder])
        }
    }

    private struct Stretch: Hashable {
        var name: String
        var generation: Int
        var range: Range<Int64>
        var sha256: String

        init(_ head: SegmentHead) {
            (name, generation, range, sha256) = (head.name, head.generation, head.range, head.sha256)
        }
    }
}
