import Domain
import Foundation
import GRDB
import Platform
import TestSupport
import Testing
import Transcripts

@testable import Vault

/// What those leave who are killed between two steps, and who comes at the same time.
@Suite struct CrashTests {
    private let house: VaultHouse

    init() throws { house = try VaultHouse() }

    private func session(_ number: Int) throws -> SessionID {
        try #require(SessionID(rawValue: "0f3c2f0e-6a36-4a7e-9f55-" + String(UInt64(number), digits: 12, radix: 10)))
    }

    private func words(_ number: Int) -> [UInt8] {
        (0..<40).flatMap { Array("{\"session\":\(number),\"line\":\($0)}\n".utf8) }
    }

    /// Keeps a session of its own for each number.
    private func keep(_ numbers: ClosedRange<Int>, in vault: Vault) throws {
        for number in numbers {
            let path = "\(house.scratch.path)/\(number).jsonl"
            try house.write(words(number), to: path)
            var request = house.request(path)
            (request.session, request.name) = (try session(number), "\(try session(number)).jsonl")
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
        }
    }

    private func expectAll(_ numbers: ClosedRange<Int>, in vault: Vault) throws {
        for number in numbers {
            let file = try #require(try vault.session(session(number))?.transcript, "session \(number)")
            #expect(try file.segments.flatMap { try vault.content(of: $0) } == words(number))
        }
        #expect(try vault.verify().damaged == [])
        #expect(try vault.counts().keptBytes == numbers.reduce(0) { $0 + Int64(words($1).count) })
    }

    private func removeIndex() throws {
        for end in ["", "-wal", "-shm"] { Files.remove(house.folder + "/index.sqlite" + end) }
    }

    private func pack(_ number: Int = 1) throws -> [UInt8] {
        try Files.bytes("\(house.folder)/packs/\(PackFolder.name(of: Int64(number)))", limit: 1 << 30)
    }

    @Test func anIndexThatWasHalfMadeIsMadeBeforeAnybodyWrites() throws {
        do {
            let vault = try house.open()
            try keep(1...3, in: vault)
            // Its maker was killed when the tables were there, and nothing in them.
            try vault.write { database in
                for table in ["cut", "segment", "generation", "file", "pack", "meta"] {
                    try database.execute(sql: "DELETE FROM \(table)")
                }
            }
        }
        let vault = try house.open()
        try keep(4...4, in: vault)
        try expectAll(1...4, in: vault)
    }

    /// The companion's parts begin at the same moment.
    @Test func severalWhoMakeItAtOnceAllHaveIt() async throws {
        for round in 0..<40 {
            let folder = house.scratch.path + "/made-\(round)"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try Vault.open(folder) } }
                try await group.waitForAll()
            }
        }
    }

    @Test func severalWhoFindNoIndexLoseNothing() async throws {
        try keep(1...2, in: try house.open())
        try removeIndex()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 3...8 { group.addTask { try keep(number...number, in: try house.open()) } }
            try await group.waitForAll()
        }
        try expectAll(1...8, in: try house.open())
    }

    @Test func severalWhoFindADamagedIndexLoseNothing() async throws {
        try keep(1...2, in: try house.open())
        try removeIndex()
        try Files.write("this is no database, and was never one", to: house.folder + "/index.sqlite")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 3...8 {
                group.addTask {
                    // One who opened it a moment before another made it anew is told to try again.
                    for _ in 0..<50 {
                        do { return try keep(number...number, in: try house.open()) } catch VaultError.unavailable {}
                    }
                    Issue.record("never kept")
                }
            }
            try await group.waitForAll()
        }
        try expectAll(1...8, in: try house.open())
    }

    @Test func whoHoldsAnIndexThatIsGoneWritesNothing() throws {
        let vault = try house.open()
        try keep(1...1, in: vault)
        try removeIndex()
        let other = try house.open()
        #expect { try keep(2...2, in: vault) } throws: {
            if case VaultError.unavailable = $0 { true } else { false }
        }
        try keep(2...2, in: other)
        try expectAll(1...2, in: other)
    }

    /// As where somebody puts back an index of yesterday, or its write-ahead log is lost.
    @Test func anIndexThatIsOlderThanThePacksCostsNothing() throws {
        do {
            let vault = try house.open()
            try keep(1...2, in: vault)
            try vault.index.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try FileManager.default.copyItem(
                atPath: house.folder + "/index.sqlite", toPath: house.scratch.path + "/old.sqlite")
            try keep(3...4, in: vault)
        }
        try removeIndex()
        try FileManager.default.copyItem(
            atPath: house.scratch.path + "/old.sqlite", toPath: house.folder + "/index.sqlite")
        let vault = try house.open()
        try keep(5...5, in: vault)
        try expectAll(1...5, in: vault)
    }

    /// Writes a segment and dies before it is noted.
    private func leave(_ text: String, in vault: Vault, torn: Int = 0) throws {
        let content = Array(text.utf8)
        let request = house.request()
        let head = SegmentHead(
            request, generation: 0, 0..<Int64(content.count), KeptBytes(bytes: content),
            tail: Digest.hexadecimal(content))
        let (pack, offset) = try vault.read { try vault.nextPlace($0) }
        try vault.packs.append(
            Array(try Frame.bytes(head, content, vault.seal).dropLast(torn)), to: pack, at: offset)
    }

    @Test(arguments: [0, 10]) func whatWasWrittenAndNotNotedIsForgottenToo(torn: Int) throws {
        let vault = try house.open()
        try keep(1...1, in: vault)
        try leave("{\"a\":\"MARIGOLD\"}\n", in: vault, torn: torn)
        let before = try pack().count
        try vault.forget { ByteSearch.contains($0.bytes[...], "MARIGOLD") }
        let found = try vault.packs.packs().flatMap { try vault.packs.segments(of: $0).found }
        #expect(found.allSatisfy { $0.head.session != house.session.rawValue || $0.head.kept == 0 })
        let after = try vault.packs.packs().map { try vault.packs.size(of: $0) }.reduce(0, +)
        #expect(torn == 0 || after < before)
        // And whoever makes the index anew finds nothing of it.
        try removeIndex()
        let again = try house.open()
        try again.forEachPassage { #expect(!ByteSearch.contains($0.bytes[...], "MARIGOLD")) }
    }

    /// Killed when the pack was gone, and the index still knew of it.
    @Test func aPackThatIsGoneAndInWhichNothingLiesIsNoTrouble() throws {
        let vault = try house.open()
        try keep(1...2, in: vault)
        try vault.write { try $0.execute(sql: "INSERT INTO pack VALUES (9, 100, 100)") }
        try vault.forget([])
        #expect(try vault.read { try Int64.fetchAll($0, sql: "SELECT number FROM pack") } == [1])
        try expectAll(1...2, in: vault)
    }

    @Test func aPackThatIsGoneKeepsNothingElseFromBeingForgotten() throws {
        let vault = try house.open()
        try keep(1...1, in: vault)
        // The next lies in another.
        try vault.write { try $0.execute(sql: "UPDATE pack SET dead = dead + (1 << 30) - bytes, bytes = 1 << 30") }
        try keep(2...2, in: vault)
        vault.packs.remove(1)
        try house.write(Array("{\"a\":\"MARIGOLD\"}\n".utf8))
        try house.keep(vault)
        try vault.forget([house.session, session(1)])
        #expect(try !ByteSearch.contains(pack(3)[...], "MARIGOLD"))
        #expect(try vault.session(session(2)) != nil)
    }

    @Test func severalWhoTidyAndKeepAtOnceLoseNothing() async throws {
        try keep(1...20, in: try house.open())
        let first = try house.open()
        for number in 1...10 { try first.remove(session(number)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 21...24 {
                group.addTask { _ = try house.open().tidy() }
                group.addTask { try keep(number...number, in: try house.open()) }
                group.addTask { try house.open().forget([session(number - 12)]) }
            }
            try await group.waitForAll()
        }
        let vault = try house.open()
        for number in 13...24 { #expect(try vault.session(session(number)) != nil) }
        #expect(try vault.verify().damaged == [])
        #expect(try vault.counts().deadBytes == 0)
    }

    /// Numbers of segments are given anew: who asks for one that is gone gets no other.
    @Test func whoAsksForASegmentThatGrewMeanwhileGetsNoOther() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n".utf8))
        try house.keep(vault)
        let old = try #require(try vault.session(house.session)?.transcript?.segments.first)
        try house.write(Array("{\"a\":1}\n{\"b\":2}\n".utf8))
        try house.keep(vault)
        let grown = try #require(try vault.session(house.session)?.transcript?.segments.first)
        #expect(old.number == grown.number)
        try vault.purge()
        #expect { try vault.content(of: old) } throws: { if case VaultError.damaged = $0 { true } else { false } }
    }

    @Test func aFileThatIsWrittenAnewWhileItIsReadIsTwo() throws {
        func lines(_ mark: Character) -> [UInt8] {
            (0..<600_000).flatMap { Array("{\"\(mark)\":\($0 % 1000)}\n".utf8) }
        }
        let old = lines("a"), new = lines("b")
        try house.write(old)
        let vault = try house.open(), path = house.file
        let first = try house.keep(vault) { bytes, position in
            if position == 0 { try? Data(new).write(to: URL(fileURLWithPath: path)) }
            return KeptBytes(bytes: bytes)
        }
        #expect(first.end < first.size)
        #expect(try old.starts(with: house.content(vault)))
        try house.keep(vault, at: 2_000)
        #expect(try house.content(vault) == new)
    }
}
