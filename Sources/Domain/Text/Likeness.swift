/// How alike two words are, for who has mistyped one.
package enum Likeness {
    /// The most alike of some words; nil where none is near: more than a third of the letters would have to be changed.
    package static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let limit = max(1, word.utf8.count / 3)
        let near = words.map { (word: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
        return near.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// Letters that are missing, too many, wrong or changed places with their neighbour; upper and lower case are one.
    package static func distance(_ one: String, _ other: String) -> Int {
        let a = Array(one.lowercased().utf8), b = Array(other.lowercased().utf8)
        var before: [Int] = [], last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
