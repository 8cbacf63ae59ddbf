internal import Archive
internal import Domain
internal import Glibc

/// Tells how fast the archive takes episodes in, finishes them and finds them, one line for each.
///
///     archive-rates FILE [EPISODES OF 20 KB] [EPISODES OF 2 KB]
@main
struct ArchiveRates {
    private let archive: any EpisodeArchive
    private let clock = ContinuousClock()
    private var random = Words(seed: 7)

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else { fatalError("archive-rates FILE [COUNT] [COUNT]") }
        var rates = ArchiveRates(archive: try ArchiveStores.at(arguments[1]).open(id: nil))
        try rates.run("20 KB", count: arguments.count > 2 ? Int(arguments[2]) ?? 0 : 2000, entryCount: 20, bytes: 1000)
        try rates.run("2 KB", count: arguments.count > 3 ? Int(arguments[3]) ?? 0 : 100_000, entryCount: 4, bytes: 500)
        try rates.measureSearch()
        print(try rates.archive.counts())
    }

    private init(archive: any EpisodeArchive) { self.archive = archive }

    private mutating func run(_ name: String, count: Int, entryCount: Int, bytes: Int) throws {
        guard count > 0 else { return }
        var ingest = Duration.zero, processor = Duration.zero, store = Duration.zero, slowest = Duration.zero
        for start in stride(from: 0, to: count, by: 100) {
            let episodes = (start..<min(start + 100, count)).map { number in
                random.episode(
                    "\(name)-\(number)", entryCount: entryCount, entryBytes: bytes, at: Int64(number) * 60_000)
            }
            let before = Self.processorTime
            let took = try clock.measure { _ = try archive.ingest(episodes, nowMilliseconds: 1) }
            ingest += took
            processor += Self.processorTime - before
            slowest = max(slowest, took)
            let memories = episodes.map { episode in
                StoredMemory(
                    episode: episode.id,
                    memory: Memory(title: random.text(60), summary: random.text(600), decisions: [random.text(100)]),
                    maker: MemoryMaker(provider: "none", model: "none"), madeMilliseconds: 1)
            }
            store += try clock.measure { _ = try archive.storeMemories(memories, nowMilliseconds: 2) }
        }
        let micros = Int(processor / .microseconds(1)) / count
        print(
            "ingest \(name): \(Int(Double(count) / (ingest / .seconds(1)))) a second, \(micros) µs of CPU each, "
                + "slowest hundred \(slowest)")
        print("memory and finish: \(Int(Double(count) / (store / .seconds(1)))) a second")
    }

    private mutating func measureSearch() throws {
        let common = random.vocabulary[..<20], middle = random.vocabulary[200..<400], rare = random.vocabulary[8000...]
        func pick(_ words: ArraySlice<String>, _ random: inout Words) -> String {
            words.randomElement(using: &random) ?? ""
        }
        let kinds: [(String, (inout Words) -> String, String?)] = [
            ("one common word", { pick(common, &$0) }, nil), ("one middling word", { pick(middle, &$0) }, nil),
            ("one rare word", { pick(rare, &$0) }, nil),
            ("two common words", { pick(common, &$0) + " " + pick(common, &$0) }, nil),
            ("common and rare", { pick(common, &$0) + " " + pick(rare, &$0) }, nil),
            ("three middling words", { pick(middle, &$0) + " " + pick(middle, &$0) + " " + pick(middle, &$0) }, nil),
            ("prefix of three", { String(pick(middle, &$0).prefix(3)) }, nil),
            ("phrase", { "\"" + pick(common, &$0) + " " + pick(common, &$0) + "\"" }, nil),
            ("no such word", { _ in "zzzzqqqq" }, nil), ("common within a key", { pick(common, &$0) }, "coder/3"),
            ("common within an agent", { pick(common, &$0) }, "coder"),
        ]
        for (name, query, key) in kinds {
            var times: [Duration] = []
            for _ in 0..<40 {
                let text = query(&random)
                times.append(try clock.measure { _ = try archive.search(text, key: key) })
            }
            times.sort()
            print("search, \(name): p50 \(times[20]), p95 \(times[37])")
        }
    }

    private static var processorTime: Duration { .microseconds(Glibc.clock()) }
}
