import Domain
import Foundation
import GRDB
import Platform
import TestSupport
import Testing
import Transcripts

@testable import Vault

@Suite struct KeepingTests {
    private let house: VaultHouse

    init() throws { house = try VaultHouse() }

    private func lines(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        (0..<count).flatMap { _ in
            let words = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                "w\(UInt8.random(in: 0...60, using: &random))"
            }
            return Array("{\"type\":\"user\",\"text\":\"\(words.joined(separator: " "))\"}\n".utf8)
        }
    }

    @Test func keepsEveryByteOnce() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n{\"b\":2}\n".utf8))
        #expect(try house.keep(vault) == KeepOutcome(taken: 16, end: 16, size: 16))
        #expect(try house.keep(vault) == KeepOutcome(taken: 0, end: 16, size: 16))
        #expect(try house.content(vault) == Array("{\"a\":1}\n{\"b\":2}\n".utf8))
    }

    @Test func waitsForTheRestOfALine() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n{\"b\"".utf8))
        #expect(try house.keep(vault, isAtRest: false).end == 8)
        #expect(try house.keep(vault).end == 12)
        try house.write(Array("{\"a\":1}\n{\"b\":2}\n".utf8))
        #expect(try house.keep(vault, isAtRest: false).end == 16)
        #expect(try house.content(vault) == Array("{\"a\":1}\n{\"b\":2}\n".utf8))
    }

    /// Whatever happens to file, index and pack between the looks: what was kept is kept, once, and in its place.
    @Test(arguments: 0..<24) func staysTrueWhateverHappens(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var content = lines(1, &random)
        var place = house.file
        var vault = try house.open()
        for round in 1...12 {
            switch Int.random(in: 0..<7, using: &random) {
            case 0:
                // Written anew under its name.
                content = lines(3, &random)
            case 1:
                // Put back elsewhere, and grown there.
                place = house.scratch.path + "/copy-\(round).jsonl"
                content += lines(2, &random)
            case 2:
                try FileManager.default.removeItem(atPath: house.folder + "/index.sqlite")
                for end in ["-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: house.folder + "/index.sqlite" + end)
                }
                vault = try house.open()
            case 3:
                // A writer was killed before it noted what it wrote.
                let pack = try FileManager.default.contentsOfDirectory(atPath: house.folder + "/packs").max() ?? ""
                if !pack.isEmpty { try Files.add("torn, and never noted", to: house.folder + "/packs/" + pack) }
            default: content += lines(Int.random(in: 1...200, using: &random), &random)
            }
            try house.write(content, to: place)
            #expect(try house.keep(vault, place, at: Int64(round) * 1000).end == Int64(content.count))
            #expect(try house.content(vault) == content)
            #expect(try house.keep(vault, place, at: Int64(round) * 1000).taken == 0)
        }
        let file = try #require(try vault.session(house.session)?.transcript)
        #expect(file.holes.isEmpty)
        #expect(try vault.verify().damaged == [])
    }

    /// Who made it anew was killed in its midst: the next must not write over packs that it does not know.
    @Test func anIndexThatWasNotFinishedIsMadeAnew() throws {
        var random = SeededRandom(seed: 1)
        let bytes = lines(100, &random)
        do {
            let vault = try house.open()
            try house.write(bytes)
            try house.keep(vault)
            try vault.write { database in
                for table in ["cut", "segment", "generation", "file", "pack"] {
                    try database.execute(sql: "DELETE FROM \(table)")
                }
                try database.execute(sql: "DELETE FROM meta WHERE name = 'whole'")
            }
        }
        let vault = try house.open()
        #expect(try house.content(vault) == bytes)
        try house.write(bytes + lines(100, &random))
        try house.keep(vault)
        #expect(try house.content(vault).starts(with: bytes))
        #expect(try vault.verify().damaged == [])
    }

    /// Another process found it damaged and made it anew.
    @Test func nobodyWritesByAnIndexThatWasMovedAside() throws {
        var random = SeededRandom(seed: 1)
        let bytes = lines(100, &random), more = lines(100, &random)
        let stale = try house.open()
        let index = house.folder + "/index.sqlite"
        for end in ["", "-wal", "-shm"] { _ = Files.rename(index + end, to: "\(house.scratch.path)/aside\(end)") }
        let vault = try house.open()
        try house.write(bytes)
        try house.keep(vault)
        try house.write(bytes + more)
        #expect(throws: VaultError.self) { try house.keep(stale) }
        #expect(throws: VaultError.self) { try stale.tidy() }
        #expect(try house.content(vault) == bytes)
        try house.keep(vault)
        #expect(try house.content(vault) == bytes + more)
    }

    @Test func aShorterCopyOfWhatIsKeptAddsNothing() throws {
        var random = SeededRandom(seed: 7)
        let vault = try house.open()
        let whole = lines(40, &random)
        try house.write(whole)
        try house.keep(vault)
        for part in [0, 1, 100, whole.count / 2, whole.count - 1] {
            let copy = house.scratch.path + "/older.jsonl"
            try house.write(Array(whole[..<part]), to: copy)
            #expect(try house.keep(vault, copy).taken == 0, "\(part) bytes of it")
        }
        #expect(try house.content(vault) == whole)
    }

    /// Two copies that went different ways are both kept, and neither again and again.
    @Test func copiesThatPartAreTwo() throws {
        var random = SeededRandom(seed: 8)
        let vault = try house.open()
        let start = lines(10, &random), one = start + lines(5, &random), other = start + lines(5, &random)
        let (first, second) = (house.file, house.scratch.path + "/other.jsonl")
        try house.write(one, to: first)
        try house.write(other, to: second)
        for now in 1...3 as ClosedRange<Int64> {
            let taken =
                try house.keep(vault, first, at: now * 10).taken + house.keep(vault, second, at: now * 10 + 1).taken
            #expect(taken == (now == 1 ? Int64(one.count + other.count) : 0))
        }
        #expect(try house.content(vault) == other)
    }

    @Test func whatMayNotBeKeptIsNot() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n{\"secret\":2}\n{\"b\":3}\n".utf8))
        try house.keep(vault) { bytes, position in
            #expect(position == 0)
            return KeptBytes(bytes: Array(bytes[..<8] + bytes[21...]), cuts: [.init(8..<21, "told so", kept: 0)])
        }
        #expect(try house.content(vault) == Array("{\"a\":1}\n{\"b\":3}\n".utf8))
        let file = try #require(try vault.session(house.session)?.transcript)
        #expect(file.cuts == [.init(8..<21, "told so", kept: 0)])
        #expect(file.holes.isEmpty && !file.isWhole)
    }

    @Test func smallPartsBecomeOneSegment() throws {
        var random = SeededRandom(seed: 9)
        let vault = try house.open()
        var content: [UInt8] = []
        for round in 0..<30 {
            content += lines(4, &random)
            try house.write(content)
            try house.keep(vault, at: Int64(round))
        }
        #expect(try vault.session(house.session)?.transcript?.segments.count == 1)
        #expect(try house.content(vault) == content)
        let before = try #require(try vault.session(house.session)?.transcript).segments
        #expect(try vault.tidy() > 0)
        #expect(try before.flatMap { try vault.content(of: $0) } == content, "who asked before reads all the same")
        #expect(try house.content(vault) == content)
        #expect(try Files.names(in: house.folder + "/packs").count == 1)
    }

    @Test func anEncryptedVaultOpensWithItsKeyAlone() throws {
        func seal(_ digit: Character) throws -> Seal {
            let file = try house.scratch.write(String(repeating: digit, count: 64) + "\n", to: "key-\(digit)")
            return try Seal(keyFile: file)
        }
        let words = Array("{\"text\":\"nobody may read this\"}\n".utf8)
        try house.write(words)
        try house.keep(try house.open(try seal("a")))
        let pack = try Data(contentsOf: URL(fileURLWithPath: house.folder + "/packs/00000001.pack"))
        #expect(pack.range(of: Data("nobody".utf8)) == nil)
        #expect(try house.content(try house.open(try seal("a"))) == words)
        #expect { try house.content(try house.open()) } throws: {
            if case VaultError.locked = $0 { true } else { false }
        }
        #expect { try house.content(try house.open(try seal("b"))) } throws: {
            if case VaultError.locked = $0 { true } else { false }
        }
    }
}
