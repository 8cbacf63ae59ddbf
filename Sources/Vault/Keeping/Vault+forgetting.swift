package import Domain
internal import GRDB
internal import Transcripts

extension Vault {
    /// Visits all that is kept, line by line: of every session, of every file, whatever generation.
    /// - Parameter look: gets whose it is, the file, and each line with its line break.
    package func forEachLine(
        _ look: (SessionID, String, ArraySlice<UInt8>) throws -> Void
    ) throws {
        var last: Int64? = 0
        while let after = last {
            let page = try read { try Segment.page(after: after, limit: 50, $0) }
            last = page.last?.number
            for segment in page {
                let owner = try owner(of: segment)
                guard let owner else { continue }
                let content: [UInt8]
                do throws(VaultError) {
                    content = try self.content(of: segment)
                } catch {
                    // One that is damaged shows nobody its words; one for whose key is not here will.
                    guard case .damaged = error else { throw error }
                    continue
                }
                for line in Self.lines(of: content) { try look(owner.session, owner.name, line) }
            }
        }
    }

    /// Takes lines out of what is kept, and writes the packs anew in which they stood. What cannot be read goes whole: nobody
    /// can say what stands in it.
    /// - Parameter isForgotten: whether a line goes.
    package func forgetLines(_ isForgotten: (ArraySlice<UInt8>) -> Bool) throws(VaultError) {
        var last: Int64? = 0
        while let after = last {
            let page = try read { try Segment.page(after: after, limit: 50, $0) }
            last = page.last?.number
            for segment in page {
                try locked { () throws(VaultError) in try forgetLines(of: segment, isForgotten) }
            }
        }
        try purge()
    }

    /// Takes all of a session out, and writes the packs anew in which it stood.
    package func forget(_ sessions: Set<SessionID>) throws(VaultError) {
        for session in sessions { try remove(session) }
        try purge()
    }

    private static func lines(of content: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = [], start = 0
        while start < content.count {
            let end = content[start...].firstIndex(of: 10).map { $0 + 1 } ?? content.count
            lines.append(content[start..<end])
            start = end
        }
        return lines
    }

    private func owner(of segment: Segment) throws(VaultError) -> Generation? {
        try read { try Generation.one(segment.owner, $0) }
    }

    private func forgetLines(of given: Segment, _ isForgotten: (ArraySlice<UInt8>) -> Bool) throws(VaultError) {
        // It may have grown since the page was read, or be another by now: what stands there is looked at.
        guard let segment = try read({ try Segment.page(after: given.number - 1, limit: 1, $0) }).first,
            segment.number == given.number, let owner = try owner(of: segment)
        else { return }
        let content: [UInt8]
        do throws(VaultError) {
            content = try self.content(of: segment)
        } catch {
            guard case .damaged = error else { throw error }
            return try write { try forget([segment], $0) }
        }
        let before = KeptBytes(bytes: content, cuts: segment.cuts)
        guard let after = before.without(from: segment.range.lowerBound, to: segment.range.upperBound, isForgotten)
        else {
            return
        }
        var head = SegmentHead(owner, segment)
        (head.kept, head.cuts) = (after.bytes.count, after.cuts)
        head.sha256 = Digest.hexadecimal(after.bytes)
        try store(head, after.bytes, instead: [segment])
    }
}

extension SegmentHead {
    /// Of a segment whose content is another from now on.
    fileprivate init(_ owner: Generation, _ segment: Segment) {
        self.init(
            session: owner.session.rawValue, name: owner.name, generation: owner.generation,
            from: segment.range.lowerBound, to: segment.range.upperBound, kept: segment.kept, sha256: segment.sha256,
            tail: segment.tail, path: owner.path, configDirectory: owner.configDirectory, cwd: owner.cwd,
            branch: owner.branch, commit: owner.commit, host: owner.host,
            takenMilliseconds: segment.takenMilliseconds)
    }
}
