package import Domain
internal import GRDB
package import Transcripts

/// What of a kept file is looked at as one: a line of a transcript, wherever segments part it, or all of another file.
package struct Passage: Sendable {
    package let session: SessionID
    /// Of the file.
    package let name: String
    package let isLine: Bool
    /// With its line break, where it has one.
    package fileprivate(set) var bytes: [UInt8] = []
}

extension Vault {
    /// Visits all that is kept: of every session, of every file, whatever generation.
    /// - Parameter unread: told of each segment that cannot be read: whose it is.
    package func forEachPassage(
        _ look: (Passage) -> Void, unread: (SessionID) -> Void = { _ in }
    ) throws(VaultError) {
        for owner in try owners() {
            for _ in try passages(of: owner, { passage, _ in look(passage) }).damaged { unread(owner.session) }
        }
    }

    /// Takes sessions out of what is kept, and passages of others, and writes the packs anew in which they stood. What is damaged
    /// goes whole: nobody can say what stands in it. Why it is not kept stays known.
    /// - Parameter isForgotten: whether a passage goes; nil where none does.
    package func forget(
        _ sessions: Set<SessionID> = [], _ isForgotten: ((Passage) -> Bool)? = nil
    ) throws(VaultError) {
        for session in sessions { try remove(session) }
        if let isForgotten {
            // With the lock: what a killed writer left is known then. One that begins meanwhile is found by the next look.
            for owner in try locked({ () throws(VaultError) in try owners() }) {
                try locked { () throws(VaultError) in try forget(isForgotten, in: owner) }
            }
        }
        try purge()
    }

    /// Takes out what is forgotten, from wherever it came back.
    /// - Parameter exclusions: what is forgotten of a session, in its own transcripts and in copies of others'.
    package func forgetAgain(
        by exclusions: (SessionID) throws(VaultError) -> Exclusions
    ) throws(VaultError) {
        for session in try sessions(limit: .max) {
            let forgotten = try exclusions(session)
            if forgotten.isForgotten {
                try remove(session)
                continue
            }
            let owners = try read { try Generation.all(of: session.rawValue, $0) }
            for owner in owners {
                try locked { () throws(VaultError) in try forgetAgain(forgotten, in: owner) }
            }
        }
        try purge()
    }

    private func forgetAgain(_ forgotten: Exclusions, in owner: Generation) throws(VaultError) {
        let source = TranscriptSources.standard.source(of: owner.configDirectory)
        for segment in try read({ try Segment.all(of: owner.number, $0) }) where segment.damage.isEmpty {
            let before = KeptBytes(bytes: try content(of: segment), cuts: segment.cuts)
            let after = before.remaining(of: owner.name, segment.range, by: source, forgotten)
            guard after != before else { continue }
            var head = SegmentHead(owner, segment)
            (head.kept, head.cuts, head.sha256) = (
                after.bytes.count, after.cuts, Digest.hexadecimal(after.bytes)
            )
            try store(head, after.bytes, instead: [segment])
        }
    }

    /// Whether something of a file was left out or taken out because it is forgotten.
    func hasForgotten(_ session: SessionID, _ name: String) throws(VaultError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM cut JOIN segment ON segment.number = cut.segment
                        JOIN generation ON generation.number = segment.generation
                        JOIN file ON file.number = generation.file WHERE session = ? AND name = ? AND reason = ?)
                    """, arguments: [session.rawValue, name, Tombstone.reason]) ?? false
        }
    }

    private func owners() throws(VaultError) -> [Generation] {
        let numbers = try read { try Int64.fetchAll($0, sql: "SELECT number FROM generation ORDER BY number") }
        return try read { database in try numbers.compactMap { try Generation.one($0, database) } }
    }

    /// A part of a passage: a line of a segment's content; -1 for all of it.
    private struct Part {
        var segment: Int64
        var line: Int
    }

    /// - Returns: the segments, and those of them that are damaged.
    @discardableResult
    private func passages(
        of owner: Generation, _ look: (Passage, [Part]) -> Void
    ) throws(VaultError) -> (all: [Segment], damaged: [Segment]) {
        let isOfLines = TranscriptSources.standard.all.contains { $0.isTranscript(owner.name) }
        let segments = try read { try Segment.all(of: owner.number, $0) }
        var passage = Passage(session: owner.session, name: owner.name, isLine: isOfLines)
        var parts: [Part] = [], damaged: [Segment] = [], end: Int64 = 0
        func finish() {
            if !parts.isEmpty { look(passage, parts) }
            passage.bytes = []
            parts = []
        }
        for segment in segments {
            let content: [UInt8]
            do throws(VaultError) {
                content = try self.content(of: segment)
            } catch {
                guard case .damaged = error else { throw error }
                damaged.append(segment)
                continue
            }
            if segment.range.lowerBound != end || passage.bytes.count > Frame.contentLimit { finish() }
            end = segment.range.upperBound
            guard isOfLines else {
                passage.bytes += content
                parts.append(Part(segment: segment.number, line: -1))
                continue
            }
            for (index, line) in Self.lines(of: content).enumerated() {
                passage.bytes += line
                parts.append(Part(segment: segment.number, line: index))
                if line.last == 10 { finish() }
            }
        }
        finish()
        return (segments, damaged)
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

    private func forget(_ isForgotten: (Passage) -> Bool, in owner: Generation) throws(VaultError) {
        var gone: [Int64: Set<Int>] = [:]
        let (segments, damaged) = try passages(of: owner) { passage, parts in
            guard isForgotten(passage) else { return }
            for part in parts { gone[part.segment, default: []].insert(part.line) }
        }
        for segment in damaged { try takeOut(segment, of: owner, KeptBytes.damagedAsForgottenReason) }
        for segment in segments {
            guard let lines = gone[segment.number] else { continue }
            let after: KeptBytes
            if lines.contains(-1) {
                after = KeptBytes.nothing(of: segment.range, Tombstone.reason)
            } else {
                let before = KeptBytes(bytes: try content(of: segment), cuts: segment.cuts)
                var index = -1
                let rest = before.without(from: segment.range.lowerBound, to: segment.range.upperBound) { _ in
                    index += 1
                    return lines.contains(index)
                }
                guard let rest else { continue }
                after = rest
            }
            var head = SegmentHead(owner, segment)
            (head.kept, head.cuts) = (after.bytes.count, after.cuts)
            head.sha256 = Digest.hexadecimal(after.bytes)
            try store(head, after.bytes, instead: [segment])
        }
    }
}

extension SegmentHead {
    /// Of a segment that is written anew.
    init(_ owner: Generation, _ segment: Segment) {
        self.init(
            session: owner.session.rawValue, name: owner.name, generation: owner.generation,
            from: segment.range.lowerBound, to: segment.range.upperBound, kept: segment.kept, sha256: segment.sha256,
            tail: segment.tail, path: owner.path, configDirectory: owner.configDirectory, cwd: owner.cwd,
            branch: owner.branch, commit: owner.commit, host: owner.host,
            takenMilliseconds: segment.takenMilliseconds)
    }
}
