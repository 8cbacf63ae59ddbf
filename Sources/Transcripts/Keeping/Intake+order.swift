extension Intake {
    package typealias Found = (name: String, head: Part)

    /// The parts of one transcript, each before those that go on from it: by what they say of the file, since a clock that
    /// was put back names them in another order, and what is taken in before its beginning leaves a hole.
    package static func chained(_ parts: [Found]) -> [Found] {
        let followers = Dictionary(grouping: parts.indices) { Joint(before: parts[$0].head) }
        let ends = Set(parts.map { Joint(behind: $0.head) })
        var next = Array(parts.indices.filter { !ends.contains(Joint(before: parts[$0].head)) }.reversed())
        var isPlaced = Array(repeating: false, count: parts.count)
        var chained: [Found] = []
        while let index = next.popLast() {
            guard !isPlaced[index] else { continue }
            isPlaced[index] = true
            chained.append(parts[index])
            next += (followers[Joint(behind: parts[index].head)] ?? []).reversed()
        }
        return chained
    }

    /// Where one part ends and another goes on.
    private struct Joint: Hashable {
        private let position: Int64
        private let tail: String

        init(before part: Part) { (position, tail) = (part.from, part.tailBefore) }
        init(behind part: Part) { (position, tail) = (part.to, part.tail) }
    }
}
