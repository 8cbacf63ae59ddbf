import Domain
import Testing

@testable import Archive

@Suite struct PlaceTests {
    let folder = TestFolder()

    private func filled(_ count: Int) throws -> (SQLiteArchive, [StoredEpisode]) {
        let archive = try folder.archive()
        let episodes = (0..<count).map { number in
            Samples.episode(
                [Samples.entry(number)], bytes: Int64(number)..<Int64(number + 1), at: Int64(1000 - number),
                isHistory: number % 3 == 0)
        }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        return (archive, episodes)
    }

    @Test func handsOutTheBacklogLiveFirstThenTheOldest() throws {
        let (archive, episodes) = try filled(6)
        #expect(try archive.toBacklog(episodes.map(\.id)) == 6)
        let expected = [episodes[5], episodes[4], episodes[2], episodes[1], episodes[3], episodes[0]]
        #expect(try archive.backlog(limit: 10) == expected)
        #expect(try archive.backlog(limit: 2) == Array(expected.prefix(2)))
        #expect(try archive.counts().backlog == 6)
        #expect(try archive.counts().oldestBacklogMilliseconds == 995)
        #expect(try archive.toQueue([episodes[5].id]) == 1)
        #expect(try archive.toQueue([episodes[5].id]) == 0)
        #expect(try archive.counts().backlog == 5)
    }

    @Test func pagesThroughTheQueue() throws {
        let (archive, episodes) = try filled(5)
        try archive.finish([episodes[1].id], as: .dead, nowMilliseconds: 2)
        var seen: [StoredEpisode] = []
        while true {
            let page = try archive.queued(limit: 2, after: seen.last?.id)
            if page.isEmpty { break }
            seen += page
        }
        #expect(seen == [episodes[0], episodes[2], episodes[3], episodes[4]])
    }

    @Test func bringsBackWhatWasFinishedForWantOfAProvider() throws {
        let (archive, episodes) = try filled(5)
        try archive.finish(episodes.map(\.id), as: .raw, nowMilliseconds: 2)
        #expect(try archive.counts().needingReprocessing == 5)
        #expect(try archive.reopenRaw(limit: 2) == 2)
        #expect(try archive.backlog(limit: 10).map(\.id) == [episodes[4].id, episodes[3].id])
        #expect(try archive.counts().needingReprocessing == 3)
        #expect(try archive.reopenRaw(limit: 100) == 3)
        #expect(try archive.reopenRaw(limit: 100) == 0)
    }

    @Test func theFirstMemoryWinsAndFinishesItsEpisode() throws {
        let (archive, episodes) = try filled(2)
        let id = episodes[0].id
        #expect(
            try archive.storeMemory(Samples.memory("first"), of: id, maker: Samples.maker, nowMilliseconds: 5)
                == .stored)
        #expect(
            try archive.storeMemory(Samples.memory("second"), of: id, maker: Samples.maker, nowMilliseconds: 6)
                == .alreadyThere)
        #expect(
            try archive.show(id)?.memory
                == StoredMemory(
                    episode: id, memory: Samples.memory("first"), maker: Samples.maker, madeMilliseconds: 5))
        #expect(try archive.show(id)?.place == .finished(.memory))
        #expect(try archive.memories(of: episodes.map(\.id)) == [id])
        let stranger = Samples.episode([Samples.entry(99)])
        #expect(
            try archive.storeMemory(Samples.memory(), of: stranger.id, maker: Samples.maker, nowMilliseconds: 7)
                == .noSuchEpisode)
    }

    @Test func finishesAsWhatIsTrueOnly() throws {
        let (archive, episodes) = try filled(2)
        #expect(try archive.finish([episodes[0].id], as: .memory, nowMilliseconds: 2) == 0)
        #expect(try archive.finish([episodes[0].id], as: .duplicate, nowMilliseconds: 2) == 0)
        let failure = MemoryFailure(type: "content_filter", message: "no", retryCount: 2)
        #expect(try archive.finish([episodes[0].id], as: .dead, failure: failure, nowMilliseconds: 2) == 1)
        #expect(try archive.finish([episodes[0].id], as: .raw, nowMilliseconds: 2) == 0)
        let shown = try #require(try archive.show(episodes[0].id))
        #expect(shown.errorType == "content_filter" && shown.episode.retryCount == 2)
        // A late memory is still one.
        _ = try archive.storeMemory(Samples.memory(), of: episodes[0].id, maker: Samples.maker, nowMilliseconds: 3)
        #expect(try archive.show(episodes[0].id)?.place == .finished(.memory))
    }

    @Test func countsEveryPlace() throws {
        let (archive, episodes) = try filled(6)
        try archive.toBacklog([episodes[0].id])
        try archive.finish([episodes[1].id, episodes[2].id], as: .raw, nowMilliseconds: 2)
        try archive.finish([episodes[3].id], as: .discarded, nowMilliseconds: 2)
        let counts = try archive.counts()
        #expect(
            counts.places
                == [.queued: 2, .backlog: 1, .finished(.raw): 2, .finished(.discarded): 1])
        #expect(counts.entries == 6 && counts.memories == 0 && counts.needingReprocessing == 2)
        #expect(counts.bytes > 0 && counts.oldestBacklogMilliseconds == 1000)
    }

    /// Compares the archive with the plainest model of it.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func randomOperationsKeepEveryEpisodeInOnePlace(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let archive = try folder.archive()
        var places: [EpisodeID: Place] = [:]
        var contents: [EpisodeID: String] = [:]
        var keys: Set<String> = []
        for step in 0..<150 {
            let some = Array(contents.keys.sorted { $0.rawValue < $1.rawValue }.shuffled(using: &random).prefix(3))
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                let entries = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    Samples.entry(Int.random(in: 0..<60, using: &random))
                }
                let episode = Samples.episode(entries, bytes: Int64(step)..<Int64(step + 1))
                let isNew = entries.contains { !keys.contains($0.uuid) }
                _ = try archive.ingest([episode], nowMilliseconds: 1)
                keys.formUnion(entries.map(\.uuid))
                contents[episode.id] = episode.content
                places[episode.id] = isNew ? .queued : .finished(.duplicate)
            case 2:
                try archive.toBacklog(some)
                for id in some where places[id] == .queued { places[id] = .backlog }
            case 3:
                try archive.toQueue(some)
                for id in some where places[id] == .backlog { places[id] = .queued }
            case 4:
                let outcome = [Place.Outcome.raw, .dead, .discarded].randomElement(using: &random) ?? .raw
                try archive.finish(some, as: outcome, nowMilliseconds: 2)
                for id in some where places[id]?.outcome == nil { places[id] = .finished(outcome) }
            case 5:
                let raw = places.filter { $0.value == .finished(.raw) }
                #expect(try archive.reopenRaw(limit: 100) == raw.count)
                for id in raw.keys { places[id] = .backlog }
            case 6:
                for id in some {
                    let outcome = try archive.storeMemory(
                        Samples.memory(), of: id, maker: Samples.maker, nowMilliseconds: 3)
                    if places[id]?.outcome.map({ $0 == .raw || $0 == .dead }) ?? true {
                        places[id] = .finished(.memory)
                    }
                    #expect(outcome != .noSuchEpisode)
                }
            default:
                for id in some {
                    var copy = try #require(try archive.show(id)?.episode)
                    copy.discardedMilliseconds = nil
                    #expect(try archive.ingest([copy], nowMilliseconds: 4) == [.known(places[id] ?? .queued)])
                }
            }
        }
        for (id, place) in places {
            let shown = try #require(try archive.show(id))
            #expect(shown.place == place)
            #expect(shown.episode.content == contents[id])
        }
        let counts = try archive.counts()
        #expect(counts.episodes == places.count && counts.entries == keys.count)
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
