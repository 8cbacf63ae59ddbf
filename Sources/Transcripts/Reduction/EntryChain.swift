/// Which entries of a transcript are its conversation as it stands, in the order in which the model is told them.
struct EntryChain {
    private let entries: [KeptEntry]
    private let indexes: [String: Int]
    /// How often a parent was missing, and what stands before was taken for it.
    private(set) var bridgedGaps: Int64 = 0
    private(set) var isSummaryMissing = false

    /// - Parameter entries: in the order of the transcript, each uuid once.
    init(_ entries: [KeptEntry]) {
        self.entries = entries
        indexes = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.uuid, $0) })
    }

    mutating func kept() -> [KeptEntry] {
        guard let last = entries.lastIndex(where: { isOfMainChain($0) && $0.kind != .other && $0.kind != .boundary })
        else { return [] }
        let (chain, boundary) = walk(from: last)
        var kept = withSiblings(chain)
        if let boundary {
            let preserved = preserved(by: boundary).filter { !kept.contains($0) }
            // Behind the summary, where the client has them; before all, where that is missing.
            let anchor =
                indexes[boundary.anchor].flatMap { kept.firstIndex(of: $0) }
                ?? kept.firstIndex { entries[$0].isSummary }
            kept.insert(contentsOf: withSiblings(preserved), at: anchor.map { $0 + 1 } ?? 0)
            isSummaryMissing = !kept.contains { entries[$0].isSummary }
        }
        return kept.map { entries[$0] }
    }

    private func isOfMainChain(_ entry: KeptEntry) -> Bool { !entry.isSidechain }

    /// From an entry back to the beginning, or to the last compaction.
    /// - Returns: the indexes of what is kept of them, in order, and the boundary at which it ends.
    private mutating func walk(from last: Int) -> ([Int], KeptEntry?) {
        var chain: [Int] = []
        var isBehindSummary = false
        var next: Int? = last
        while let index = next {
            let entry = entries[index]
            if entry.kind == .boundary { return (chain.reversed(), entry) }
            if entry.kind != .other { chain.append(index) }
            isBehindSummary = isBehindSummary || entry.isSummary
            guard let parent = entry.parent else { break }
            // A parent stands before its child. Where it does not, something is missing.
            next = indexes[parent].flatMap { $0 < index && isOfMainChain(entries[$0]) ? $0 : nil }
            if next == nil, !isBehindSummary {
                // What a summary stands for is not told a second time.
                next = entries[..<index].lastIndex(where: isOfMainChain)
                bridgedGaps += 1
            }
        }
        return (chain.reversed(), nil)
    }

    /// The parts of the same answers, and the results of their calls, where calls ran side by side: the client hangs them
    /// beside the chain.
    private func withSiblings(_ chain: [Int]) -> [Int] {
        guard let first = chain.first else { return [] }
        var found = Set(chain)
        let messages = Set(chain.map { entries[$0].messageID }).subtracting([""])
        for index in first..<entries.count where entries[index].kind == .assistant && isOfMainChain(entries[index]) {
            if messages.contains(entries[index].messageID) { found.insert(index) }
        }
        var waiting = Set(found.flatMap { entries[$0].calls })
        for index in found { waiting.subtract(entries[index].results) }
        for index in first..<entries.count where entries[index].kind == .user && isOfMainChain(entries[index]) {
            let results = entries[index].results
            guard !found.contains(index), results.contains(where: waiting.contains) else { continue }
            found.insert(index)
            waiting.subtract(results)
        }
        return found.sorted()
    }

    /// What a compaction left as it was.
    private func preserved(by boundary: KeptEntry) -> [Int] {
        var found = boundary.preserved.compactMap { indexes[$0] }
        if let ends = boundary.preservedEnds, let head = indexes[ends.head] {
            var next = indexes[ends.tail]
            while let index = next, index >= head {
                found.append(index)
                next = entries[index].parent.flatMap { indexes[$0] }.flatMap { $0 < index ? $0 : nil }
            }
        }
        return Set(found).filter {
            isOfMainChain(entries[$0]) && entries[$0].kind != .other && entries[$0].kind != .boundary
        }
        .sorted()
    }
}
