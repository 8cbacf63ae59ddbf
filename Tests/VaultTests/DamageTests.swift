import Compression
import Domain
import Foundation
import GRDB
import Platform
import TestSupport
import Testing
import Transcripts

@testable import Vault

/// Whatever is wrong with what lies on disk: it is named, or it does not matter; and nothing crashes.
@Suite struct DamageTests {
    private let house: VaultHouse
    private let content = Array("{\"a\":1}\n{\"text\":\"these are the words that were said\"}\n".utf8)

    init() throws { house = try VaultHouse() }

    private func seal(_ digit: Character) throws -> Seal {
        try Seal(keyFile: try house.scratch.write(String(repeating: digit, count: 64) + "\n", to: "key-\(digit)"))
    }

    private var packFile: String { house.folder + "/packs/00000001.pack" }
    private var indexFile: String { house.folder + "/index.sqlite" }

    /// A vault with one file, all of its index in one file on disk.
    private func fill(_ seal: Seal? = nil) throws {
        let vault = try house.open(seal)
        try house.write(content)
        try house.keep(vault) { bytes, _ in
            KeptBytes(bytes: Array(bytes[8...]), cuts: [.init(0..<8, "told so", kept: 0)])
        }
        try vault.index.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }

    private func flip(_ place: Int, of file: String, _ bytes: [UInt8], _ bit: UInt8) throws {
        var bytes = bytes
        bytes[place] ^= bit
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    private func removeIndex() {
        for end in ["", "-wal", "-shm", "-journal"] { Files.remove(indexFile + end) }
        Files.remove(house.folder + "/index.damaged")
    }

    /// What the vault gives back of the file; nil where it says that it cannot.
    private func given(_ vault: Vault) throws -> [UInt8]? {
        guard let file = try vault.session(house.session)?.transcript, file.holes.isEmpty else { return nil }
        do {
            return try file.segments.flatMap { try vault.content(of: $0) }
        } catch VaultError.damaged {
            return nil
        } catch VaultError.locked {
            return nil
        }
    }

    /// A damaged pack is copied nowhere any more, so what comes later must lie in another.
    @Test func nothingMoreIsPutBesideWhatIsDamaged() throws {
        try fill()
        let whole = try Files.bytes(packFile, limit: 1 << 20)
        try flip(whole.count / 2, of: packFile, whole, 1)
        let vault = try house.open()
        #expect(try !vault.verify().damaged.isEmpty)
        let size = try Files.status(packFile).st_size
        try house.write(content + Array("{\"text\":\"said later\"}\n".utf8))
        try house.keep(vault)
        #expect(try Files.status(packFile).st_size == size)
        #expect(Files.exists(house.folder + "/packs/00000002.pack"))
    }

    @Test(arguments: [false, true]) func ofAPackEveryByteIsProven(isSealed: Bool) throws {
        let seal = isSealed ? try seal("a") : nil
        try fill(seal)
        let whole = try Files.bytes(packFile, limit: 1 << 20), index = try Files.bytes(indexFile, limit: 1 << 24)
        let kept = Array(content[8...])
        for place in whole.indices {
            try flip(place, of: packFile, whole, 1 << UInt8(place % 8))
            do {
                let vault = try house.open(seal)
                let check = try vault.verify()
                let isNamed = !check.damaged.isEmpty || !check.locked.isEmpty
                #expect(try isNamed || given(vault) == kept, "byte \(place) of the pack")
            }
            // With no index but what the pack says: what was kept, or nothing, and never something else.
            removeIndex()
            do {
                let vault = try house.open(seal)
                if let given = try given(vault) { #expect(given == kept, "byte \(place), the index made anew") }
                // Nor as another's, or from elsewhere.
                for session in try vault.sessions(limit: 9) {
                    let file = try vault.session(session)?.files.first
                    #expect(session == house.session && file?.name == house.name, "byte \(place)")
                    #expect(file?.generation.path == house.file && file?.generation.generation == 0, "byte \(place)")
                }
                _ = try vault.verify()
            }
            removeIndex()
            try Data(index).write(to: URL(fileURLWithPath: indexFile))
        }
    }

    /// Where the index is wrong the packs tell.
    @Test(arguments: 0..<8) func ofAnIndexNoByteLeadsAstray(part: Int) throws {
        try fill()
        let whole = try Files.bytes(packFile, limit: 1 << 20), index = try Files.bytes(indexFile, limit: 1 << 24)
        let kept = Array(content[8...])
        var random = SeededRandom(seed: UInt64(part))
        // Most of it is empty.
        let places = index.indices.filter { index[$0] != 0 }.shuffled(using: &random).prefix(12)
        for place in places {
            removeIndex()
            try flip(place, of: indexFile, index, 1 << UInt8.random(in: 0..<8, using: &random))
            try Data(whole).write(to: URL(fileURLWithPath: packFile))
            for _ in 0..<3 {
                do {
                    let vault = try house.open()
                    _ = try vault.verify()
                    _ = try vault.counts()
                    _ = try vault.account(of: house.session, name: house.name, path: house.file)
                    _ = try given(vault)
                    try vault.tidy()
                } catch is VaultError {
                    // Said, and the next look may find it mended.
                }
            }
            for name in try Files.names(in: house.folder) where name.contains(".corrupt-") {
                Files.remove("\(house.folder)/\(name)")
            }
            // Whatever happened, the words are in the packs.
            removeIndex()
            #expect(try given(house.open()) == kept, "byte \(place) of the index")
        }
    }

    /// A length, a place or a number that is wrong must not have the pack thrown away in which the words are.
    @Test(arguments: [
        "UPDATE segment SET offset = 1", "UPDATE segment SET length = length - 40", "UPDATE segment SET pack = 2",
        "DELETE FROM segment", "UPDATE segment SET sha256 = 'x'", "UPDATE segment SET kept = kept + 1",
        "UPDATE generation SET generation = 7", "UPDATE file SET name = 'other.jsonl'", "UPDATE segment SET tail = 'x'",
        "UPDATE cut SET bytes_to = 7",
    ]) func whereTheIndexIsWrongThePacksAreBelieved(change: String) throws {
        try fill()
        do {
            let vault = try house.open()
            try vault.write { database in
                try database.execute(sql: "INSERT INTO pack VALUES (2, 0, 0)")
                try database.execute(sql: change)
                try database.execute(sql: "UPDATE pack SET dead = bytes / 4 * 3 WHERE number = 1")
            }
            _ = try? vault.tidy()
            _ = try? vault.verify()
            _ = try? vault.purge()
        }
        let vault = try house.open()
        #expect(try vault.verify().damaged == [])
        #expect(try given(vault) == Array(content[8...]))
    }

    private func skippable(_ text: String) -> [UInt8] {
        [0x5E, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(text.utf8.count >> (8 * $0) & 0xFF) } + Array(text.utf8)
    }

    @Test(arguments: [
        #""stored":9223372036854775807"#, #""stored":-1"#, #""kept":9223372036854775807"#, #""kept":-5"#,
        #""from":-9223372036854775808"#, #""to":9223372036854775807"#, #""generation":9223372036854775807"#,
        #""taken_ms":9223372036854775807"#, #""session":"../../etc""#, #""to":0"#,
    ]) func aHeadThatCanBeNoneIsNone(member: String) throws {
        let members = [
            #""version":1"#, #""session":"0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01""#, #""name":"x.jsonl""#,
            #""generation":0"#, #""from":0"#, #""to":10"#, #""kept":10"#, #""stored":0"#, #""sha256":"""#,
            #""tail":"""#,
            #""cuts":[]"#, #""path":"""#, #""config_dir":"""#, #""cwd":"""#, #""branch":"""#, #""commit":"""#,
            #""host":"""#, #""taken_ms":1"#, #""sealed":false"#,
        ]
        let name = String(member.prefix { $0 != ":" })
        func head(_ change: Bool) -> [UInt8] {
            skippable("{\(members.map { change && $0.hasPrefix(name + ":") ? member : $0 }.joined(separator: ","))}")
        }
        #expect(Frame.head(of: head(false)[...]) != nil)
        #expect(Frame.head(of: head(true)[...]) == nil)
        try Files.makeFolder(house.folder + "/packs")
        try Data(head(true)).write(to: URL(fileURLWithPath: packFile))
        #expect(try house.open().counts().segments == 0)
    }

    /// A frame that says of itself that it is of gigabytes, and a head that says so of it.
    @Test func nothingIsUnpackedThatIsLargerThanItsHeadSays() throws {
        let bomb = Zstandard.compressed([UInt8](repeating: 0, count: 64 << 20))
        #expect(Zstandard.decompressed(bomb[...], count: 10) == nil)
        #expect(Zstandard.decompressed(Zstandard.compressed([1, 2, 3])[...], count: 200 << 20) == nil)
        #expect(Frame.headLength(of: [0x5E, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF][...]) == nil)
    }

    @Test func aNewerPackIsLeftAlone() throws {
        try fill()
        let words =
            #"{"version":3,"session":"0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01","name":"x.jsonl","generation":0,"from":0,"#
            + #""to":10,"kept":10,"stored":0,"sha256":"","tail":"","cuts":[],"path":"","config_dir":"","cwd":"","branch":"","#
            + #""commit":"","host":"","taken_ms":1,"sealed":false"#
        let sum = Checksum.fnv1a(words).hexadecimal
        try Files.add(skippable("\(words),\"sum\":\"\(sum)\"}")[...], to: packFile)
        let before = try Files.bytes(packFile, limit: 1 << 20)
        let vault = try house.open()
        #expect { try house.keep(vault) } throws: { if case VaultError.newer = $0 { true } else { false } }
        #expect(try Files.bytes(packFile, limit: 1 << 20) == before)
    }

    @Test func keysThatChangeKeepNobodyFromWhatTheyOpen() throws {
        let (first, second) = (try seal("a"), try seal("b"))
        let seals: [Seal?] = [nil, first, second, nil, second]
        var whole: [UInt8] = []
        for (number, seal) in seals.enumerated() {
            whole += Array("{\"number\":\(number)}\n".utf8)
            try house.write(whole)
            #expect(try house.keep(house.open(seal), at: Int64(number)).end == Int64(whole.count))
        }
        let vault = try house.open(second)
        let check = try vault.verify()
        #expect(check.checked == 5 && check.damaged == [] && check.locked.count == 1)
        #expect(check.locked.first?.reason.contains("another key") == true)
        #expect(try vault.counts().damagedSegments == 0)
        // What cannot be opened goes along where packs are written anew, and opens with its key.
        try vault.write { try $0.execute(sql: "UPDATE pack SET dead = dead + 1, bytes = bytes + 1") }
        try vault.purge()
        #expect(try vault.verify().locked.count == 1)
        let old = try house.open(first)
        #expect(try old.verify().locked.count == 2)
        let file = try #require(try old.session(house.session)?.transcript)
        #expect(try old.content(of: file.segments[1]) == Array("{\"number\":1}\n".utf8))
        // Nobody says that all is forgotten who could not look into all.
        #expect { try vault.forEachPassage { _ in } } throws: {
            if case VaultError.locked = $0 { true } else { false }
        }
    }

    @Test func whatIsMissingIsTakenFromTheFile() throws {
        var random = SeededRandom(seed: 3)
        let vault = try house.open()
        let whole = (0..<40_000).flatMap { number in
            Array(
                "{\"\(number)\":\"\((0..<80).map { _ in Character(UnicodeScalar(UInt8.random(in: 97...122, using: &random))) })\"}\n"
                    .utf8)
        }
        try house.write(whole)
        try house.keep(vault)
        let segments = try #require(try vault.session(house.session)?.transcript).segments
        #expect(segments.count > 2)
        try vault.write { try vault.forget([segments[1]], $0) }
        try vault.noteSeen(house.request(), 0, mark: "mark")
        #expect(try vault.seen(house.file) == nil, "what has a hole is not kept")
        #expect(try house.keep(vault).taken == 0)
        #expect(try house.content(vault) == whole)
        try vault.noteSeen(house.request(), 0, mark: "mark")
        #expect(try vault.seen(house.file) == "mark")
        #expect(try vault.verify().damaged == [])
    }

    /// What may be kept of a line is not what it was, and the file is.
    @Test func whatIsDamagedIsMendedWhateverIsExcludedByNow() throws {
        try fill()
        try Data([0, 0, 0]).write(to: URL(fileURLWithPath: packFile))
        let vault = try house.open()
        #expect(try vault.verify().damaged.count == 1)
        try house.keep(vault)
        #expect(try vault.verify().damaged == [])
        #expect(try house.content(vault) == content)
    }

    // MARK: - The companion's reading

    @Test func allIsReadBitByBit() throws {
        let vault = try house.open()
        for number in 1...5 {
            var request = house.request()
            request.name = "\(house.session)/subagents/\(number).jsonl"
            try house.write(Array("{\"number\":\(number)}\n".utf8))
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
        }
        for step in 1...5 {
            #expect(try vault.verify(for: .zero, now: Int64(step), pause: 100).checked == 1)
            #expect(try vault.reading()?.doneMilliseconds == nil)
        }
        #expect(try vault.verify(for: .zero, now: 6, pause: 100).checked == 0)
        #expect(try vault.reading()?.doneMilliseconds == 6)
        // Whoever comes next goes on with that, and begins again in time.
        #expect(try house.open().verify(for: .seconds(9), now: 50, pause: 100).checked == 0)
        try Files.write("broken", to: packFile)
        let check = try house.open().verify(for: .seconds(9), now: 102, pause: 100)
        #expect(check.damaged.count == 5)
        #expect(try vault.counts().damagedSegments == 5)
        #expect(try VaultGlance.of(house.folder)?.reading?.doneMilliseconds == 102)
        #expect(
            try vault.verify(for: .seconds(9), now: 101, pause: 100).damaged.count == 5, "a clock that was put back")
    }

    // MARK: - Time

    @Test func aClockThatJumpsTakesNothing() throws {
        let vault = try house.open()
        let day: Int64 = 86_400_000, start = 1000 * day
        try house.write(content)
        try house.keep(vault, at: start)
        #expect(try vault.steadyTime(now: start + 5000 * day) == start + day)
        #expect(try vault.steadyTime(now: start + 5000 * day) == start + 2 * day)
        #expect(try vault.steadyTime(now: start + day) == start + day, "set right again")
        #expect(try vault.steadyTime(now: start + day + 1) == start + day + 1)
    }
}
