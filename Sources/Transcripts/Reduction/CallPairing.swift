internal import Domain

/// Has every call its result behind it and every result its call before it, or the model's side refuses all; and takes out
/// what it refuses besides.
struct CallPairing {
    enum Piece {
        /// - Parameter dropped: which of its blocks are left out.
        case entry(KeptEntry, dropped: Set<Int>)
        case made(MadeEntry)
    }

    private let session: SessionID
    private var called: Set<String> = []
    private(set) var madeResults: Int64 = 0
    private(set) var droppedBlocks: Int64 = 0
    private(set) var holdsWords = false

    init(_ session: SessionID) { self.session = session }

    mutating func pieces(of entries: [KeptEntry]) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Self.gathered(entries)[...]
        while let first = rest.first {
            let answer: ArraySlice<KeptEntry>
            if first.kind == .assistant {
                let end = rest.firstIndex { $0.kind != .assistant || $0.messageID != first.messageID }
                // One without an id stands for itself.
                answer = rest[..<(first.messageID.isEmpty ? rest.startIndex + 1 : end ?? rest.endIndex)]
            } else {
                answer = []
            }
            rest = rest.dropFirst(answer.count)
            let behind = rest.prefix { $0.kind != .assistant }
            rest = rest.dropFirst(behind.count)
            pieces += paired(Array(answer), Array(behind))
        }
        return withBeginning(pieces)
    }

    /// The parts of one answer together, where its first stands: a call that ran at once has its result between them.
    private static func gathered(_ entries: [KeptEntry]) -> [KeptEntry] {
        var groups: [[KeptEntry]] = []
        var places: [String: Int] = [:]
        for entry in entries {
            if entry.kind == .assistant, !entry.messageID.isEmpty {
                if let place = places[entry.messageID] {
                    groups[place].append(entry)
                    continue
                }
                places[entry.messageID] = groups.count
            }
            groups.append([entry])
        }
        return groups.flatMap { $0 }
    }

    /// - Parameters:
    ///   - answer: the entries of one answer of the assistant; none before the first.
    ///   - behind: what stands between it and the next.
    private mutating func paired(_ answer: [KeptEntry], _ behind: [KeptEntry]) -> [Piece] {
        let (parts, calls) = whole(answer)
        var results: [Piece] = [], others: [Piece] = []
        var waiting = Set(calls)
        for entry in behind {
            var dropped: Set<Int> = [], isResult = false
            for case (let index, .result(let id)) in (entry.blocks ?? []).enumerated() {
                if waiting.remove(id) == nil { dropped.insert(index) } else { isResult = true }
            }
            guard dropped.count < entry.blocks?.count ?? 1 else {
                droppedBlocks += Int64(dropped.count)
                continue
            }
            if isResult { keep(entry, dropped, in: &results) } else { keep(entry, dropped, in: &others) }
        }
        for id in calls where waiting.contains(id) {
            madeResults += 1
            let made = MadeEntry(
                .missingResult(call: id), session, timestamp: answer.last?.timestamp ?? "", uuidOf: ["result", id])
            results.append(.made(made))
        }
        return parts + results + others
    }

    /// Of an answer, what the model's side takes: thinking with its signature and with something behind it, the API's own
    /// calls with their results, each call once.
    private mutating func whole(_ answer: [KeptEntry]) -> ([Piece], calls: [String]) {
        let blocks = answer.flatMap { $0.blocks ?? [] }
        let served = Set(blocks.compactMap { if case .serverResult(let id) = $0 { id } else { nil } })
        var asked: Set<String> = [], calls: [String] = []
        var dropped = answer.map { entry in
            var dropped: Set<Int> = []
            for (index, block) in (entry.blocks ?? []).enumerated() {
                let isWhole =
                    switch block {
                    case .thinking(let isWhole): isWhole
                    case .serverCall(let id): served.contains(id) && asked.insert(id).inserted
                    case .serverResult(let id): asked.contains(id)
                    case .call(let id): !id.isEmpty && called.insert(id).inserted
                    case .words, .result, .other: true
                    }
                if !isWhole { dropped.insert(index) }
                if isWhole, case .call(let id) = block { calls.append(id) }
            }
            return dropped
        }
        trim(answer, &dropped)
        var pieces: [Piece] = []
        for (entry, dropped) in zip(answer, dropped) {
            guard dropped.count < entry.blocks?.count ?? 1 else {
                droppedBlocks += Int64(dropped.count)
                continue
            }
            keep(entry, dropped, in: &pieces)
        }
        return (pieces, calls)
    }

    /// Thinking at the end of an answer, since what it led to is missing.
    private func trim(_ answer: [KeptEntry], _ dropped: inout [Set<Int>]) {
        for number in answer.indices.reversed() {
            guard let blocks = answer[number].blocks else { return }
            for index in blocks.indices.reversed() where !dropped[number].contains(index) {
                guard case .thinking = blocks[index] else { return }
                dropped[number].insert(index)
            }
        }
    }

    private mutating func keep(_ entry: KeptEntry, _ dropped: Set<Int>, in pieces: inout [Piece]) {
        droppedBlocks += Int64(dropped.count)
        if entry.isSpoken { holdsWords = true }
        pieces.append(.entry(entry, dropped: dropped))
    }

    /// A conversation begins with a user's message, and something that is attached to it.
    private func withBeginning(_ pieces: [Piece]) -> [Piece] {
        var pieces = pieces
        var isTold = false
        for case .entry(let entry, _) in pieces {
            if entry.isMessage, let made = beginning(before: entry) {
                pieces.insert(.made(made), at: 0)
                break
            }
            if entry.isMessage { break }
        }
        for case .entry(let entry, _) in pieces {
            if entry.kind == .assistant { break }
            isTold = isTold || entry.isTold
        }
        guard !isTold, let first = pieces.first, let date = MadeEntry.date(session, timestamp: first.timestamp) else {
            return pieces
        }
        pieces.insert(.made(date), at: 1)
        return pieces
    }

    private func beginning(before entry: KeptEntry) -> MadeEntry? {
        guard entry.kind == .assistant else { return nil }
        return MadeEntry(
            .user(MadeEntry.beginning, isMeta: true), session, timestamp: entry.timestamp, uuidOf: ["beginning"])
    }
}

extension CallPairing.Piece {
    fileprivate var timestamp: String {
        switch self {
        case .entry(let entry, _): entry.timestamp
        case .made(let made): made.timestamp
        }
    }
}
