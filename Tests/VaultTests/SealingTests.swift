import Compression
import Domain
import Platform
import TestSupport
import Testing

@testable import Vault

/// What was kept before there was a key.
@Suite struct SealingTests {
    private let house: VaultHouse
    private let words = Array((Said.user("MARIGOLD") + "\n").utf8)

    init() throws { house = try VaultHouse() }

    private func seal() throws -> Seal {
        try Seal(keyFile: try house.scratch.write(String(repeating: "a", count: 64), to: "key"))
    }

    private static func holds(_ bytes: [UInt8], _ sought: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: sought) }
    }

    /// Whether a pack holds something as who had no key wrote it.
    private func liesPlain(_ content: [UInt8]) throws -> Bool {
        let vault = try house.open(), frame = Zstandard.compressed(content)
        return try vault.packs.packs().contains {
            Self.holds(try Files.bytes(vault.packs.file($0), limit: 1 << 30), frame)
        }
    }

    @Test func whatWasKeptPlainIsEncryptedAndItsPacksWrittenAnew() throws {
        try house.write(words)
        try house.keep(house.open())
        // What lies there for nothing, since a segment grew, goes too.
        try house.write(words + words)
        try house.keep(house.open())
        #expect(try liesPlain(words) && liesPlain(words + words))
        #expect(try house.open().sealPlain(for: .seconds(60)), "without a key nothing is to be done")
        let vault = try house.open(try seal())
        var counts = try vault.counts()
        #expect((counts.plainSegments, counts.sealedSegments, counts.sealedBytes) == (1, 0, 0) && counts.plainBytes > 0)
        // Cut short it is gone on with.
        #expect(try !vault.sealPlain(for: .zero))
        #expect(try vault.sealPlain(for: .seconds(60)))
        counts = try vault.counts()
        #expect((counts.plainSegments, counts.plainBytes, counts.sealedSegments, counts.deadBytes) == (0, 0, 1, 0))
        #expect(try !liesPlain(words) && !liesPlain(words + words))
        #expect(try house.content(vault) == words + words)
        #expect(try vault.verify().damaged == [])
        // The file is still known, and grows.
        try house.write(words + words + words)
        #expect(try house.keep(vault).taken == Int64(words.count))
        #expect(try house.content(vault) == words + words + words)
    }

    /// It was killed when all was encrypted, and the packs were still as they had been.
    @Test func thePacksAreWrittenAnewByWhoComesNext() throws {
        try house.write(words)
        try house.keep(house.open())
        let vault = try house.open(try seal())
        #expect(try !vault.sealPlain(for: .zero))
        let segment = try #require(try vault.session(house.session)?.transcript?.segments.first)
        let owner = try #require(try vault.read { try Generation.one(segment.owner, $0) })
        try vault.locked { () throws(VaultError) in
            try vault.store(SegmentHead(owner, segment), words, instead: [segment])
        }
        #expect(try liesPlain(words) && vault.counts().plainSegments == 0)
        #expect(try house.open(try seal()).sealPlain(for: .seconds(60)))
        #expect(try !liesPlain(words) && house.content(vault) == words)
    }

    /// Its words may be all there is of it: it stays what it is, and is no reason to try for ever.
    @Test func whatIsDamagedStays() throws {
        try house.write(words)
        try house.keep(house.open())
        let vault = try house.open(try seal())
        let place = try #require(try vault.session(house.session)?.transcript?.segments.first).place
        var bytes = try Files.bytes(vault.packs.file(place.pack), limit: 1 << 20)
        bytes[bytes.count - 3] ^= 1
        try Files.write(bytes, to: vault.packs.file(place.pack))
        #expect(try vault.sealPlain(for: .seconds(60)))
        #expect(try vault.counts().plainSegments == 1)
    }
}
