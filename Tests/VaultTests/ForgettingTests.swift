import Domain
import Foundation
import Platform
import Settings
import TestSupport
import Testing
import Transcripts

@testable import Vault

@Suite struct ForgettingTests {
    private let house: VaultHouse

    init() throws { house = try VaultHouse() }

    /// Whatever was cut before, and whatever goes: what is left is what the file has without it, and every byte of the file is
    /// accounted for.
    @Test(arguments: 0..<200) func aLineGoesAndNothingElse(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var kept = KeptBytes(), whole: [(text: [UInt8], isKept: Bool, range: Range<Int64>)] = []
        let start = Int64.random(in: 0..<1000, using: &random)
        var position = start
        for number in 0..<Int.random(in: 1..<12, using: &random) {
            let line = Array(
                "line \(number) \(String(repeating: "x", count: Int.random(in: 0..<20, using: &random)))\n".utf8)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let range = position..<position + Int64(line.count)
                kept.cuts.append(.init(range, "told so", kept: 0))
                whole.append((line, false, range))
            case 1:
                // Of this one a part was private.
                let range = position..<position + Int64(line.count) + 9
                kept.cuts.append(.init(range, KeptBytes.privateReason, kept: Int64(line.count)))
                kept.bytes += line
                whole.append((line, true, range))
            default:
                kept.bytes += line
                whole.append((line, true, position..<position + Int64(line.count)))
            }
            position = whole[whole.count - 1].range.upperBound
        }
        let gone = Set(whole.indices.filter { _ in Bool.random(using: &random) })
        let texts = Set(gone.map { String(decoding: whole[$0].text, as: UTF8.self) })
        let rest = kept.without(from: start, to: position) { texts.contains(String(decoding: $0, as: UTF8.self)) }
        let left = whole.indices.filter { whole[$0].isKept && !gone.contains($0) }
        guard let rest else { return #expect(left.count == whole.count { $0.isKept }) }
        #expect(rest.bytes == left.flatMap { whole[$0].text })
        #expect(position - start == Int64(rest.bytes.count) + rest.cuts.reduce(0) { $0 + $1.excluded })
        for index in whole.indices where !left.contains(index) {
            #expect(
                rest.cuts.contains {
                    $0.kept == 0 && $0.from <= whole[index].range.lowerBound && $0.to >= whole[index].range.upperBound
                })
        }
        #expect(rest.cuts.map(\.from) == rest.cuts.map(\.from).sorted())
    }

    private func packs() throws -> [UInt8] {
        try Files.names(in: house.folder + "/packs").flatMap {
            try Files.bytes("\(house.folder)/packs/\($0)", limit: 1 << 30)
        }
    }

    @Test func wordsAreInNoPackAfterwards() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":\"MARIGOLD\"}\n{\"b\":\"FOXGLOVE\"}\n{\"c\":\"MARIGOLD again\"}\n".utf8))
        try house.keep(vault)
        try vault.forget { ByteSearch.contains($0.bytes[...], "MARIGOLD") }
        #expect(try house.content(vault) == Array("{\"b\":\"FOXGLOVE\"}\n".utf8))
        let file = try #require(try vault.session(house.session)?.transcript)
        #expect(file.holes.isEmpty && file.cuts.allSatisfy { $0.reason == Tombstone.reason })
        #expect(try house.keep(vault).taken == 0, "what is forgotten is not taken in again")
        // Whatever lies in the packs, as they are and unpacked.
        let segments = try vault.packs.segments(of: try vault.packs.packs()[0]).found
        #expect(segments.count == 1 && segments[0].head.kept == 17)
        #expect(try vault.counts().deadBytes == 0)
    }

    private func append(_ text: String) throws {
        let bytes = Files.exists(house.file) ? try Files.bytes(house.file, limit: 1 << 30) : []
        try house.write(bytes + Array(text.utf8))
    }

    /// As people paste a key, over lines, and where one segment ends and another begins.
    @Test(arguments: [("MARI\nGOLD", "\nMARI\n", "GOLD\n"), ("MARIGOLD", "\nMARI", "GOLD\n")])
    func whatStandsOverLinesOrSegmentsOfAResultGoesWithIt(sought: String, end: String, next: String) throws {
        let vault = try house.open()
        var request = house.request()
        request.name = "\(house.session)/tool-results/b.txt"
        request.isOfLines = false
        for part in [String(repeating: "x", count: Vault.segmentSize) + end, next] {
            try append(part)
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
        }
        func file() throws -> KeptFile { try #require(try vault.session(house.session)?.files.first) }
        try #require(try file().segments.count == 2)
        let text = try #require(SoughtText(sought))
        try vault.forget { text.occurs(in: $0.bytes) }
        #expect(try file().keptBytes == 0 && file().holes.isEmpty)
        #expect(try file().cuts.allSatisfy { $0.reason == Tombstone.reason })
        #expect(try vault.counts().deadBytes == 0)
    }

    /// A client that was killed wrote half a line, which was kept as it was until the rest of it came.
    @Test func aLineGoesOfWhichHalfWasKeptFirst() throws {
        let vault = try house.open()
        try append("{\"x\":\"\(String(repeating: "x", count: Vault.segmentSize))\"}\n{\"a\":\"MARI")
        try house.keep(vault)
        try append("GOLD\"}\n{\"b\":1}\n")
        try house.keep(vault)
        try vault.forget { ByteSearch.contains($0.bytes[...], "MARIGOLD") }
        let content = String(decoding: try house.content(vault), as: UTF8.self)
        #expect(content.hasSuffix("xxx\"}\n{\"b\":1}\n"), "\(content.suffix(60))")
    }

    /// What a writer left that was killed before the index knew of it: it would come back with an index that is made anew.
    @Test func whatWasNeverNotedGoesToo() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n".utf8))
        try house.keep(vault)
        let pack = "\(house.folder)/packs/00000001.pack", whole = try packs()
        let head = SegmentHead(
            session: house.session.rawValue, name: house.name, generation: 7, from: 0, to: 9, kept: 9,
            sha256: Digest.hexadecimal(Array("MARIGOLD\n".utf8)), tail: "", cuts: [], path: "", configDirectory: "",
            cwd: "", branch: "", commit: "", host: "", takenMilliseconds: 9)
        let lost = try Frame.bytes(head, Array("MARIGOLD\n".utf8), nil)
        try house.write(whole + lost, to: pack)
        try house.write(lost, to: "\(house.folder)/packs/00000002.pack")
        try vault.forget { ByteSearch.contains($0.bytes[...], "MARIGOLD") }
        Files.remove(house.folder + "/index.sqlite")
        var rest: [[UInt8]] = []
        try house.open().forEachPassage { if !$0.bytes.isEmpty { rest.append($0.bytes) } }
        #expect(rest == [Array("{\"a\":1}\n".utf8)])
    }

    /// A transcript in two segments, of which the first is damaged.
    private func keepDamaged(_ vault: Vault) throws -> [UInt8] {
        try append("{\"x\":\"\(String(repeating: "x", count: Vault.segmentSize))\"}\n")
        try house.keep(vault)
        try append("{\"b\":1}\n")
        try house.keep(vault)
        let place = try #require(try vault.session(house.session)?.transcript?.segments.first).place
        var bytes = try Files.bytes(vault.packs.file(place.pack), limit: 1 << 30)
        bytes[Int(place.offset + place.length) - 5] ^= 1
        try Files.write(bytes, to: vault.packs.file(place.pack))
        return try Files.bytes(house.file, limit: 1 << 30)
    }

    /// It goes, since the words may stand in it; that it did is told, before and afterwards. Where its file still has it, it
    /// is kept anew.
    @Test(arguments: [false, true]) func whatIsDamagedGoesAndSaysWhy(isPruned: Bool) throws {
        let vault = try house.open()
        let whole = try keepDamaged(vault)
        var unread: [SessionID] = []
        try vault.forEachPassage({ _ in }, unread: { unread.append($0) })
        #expect(unread == [house.session])
        if isPruned {
            #expect(try vault.pruneDamaged().damaged == [], "nobody has found it yet")
            try #require(try vault.verify().damaged.count == 1)
            #expect(try vault.pruneDamaged().damaged.map(\.session) == [house.session])
        } else {
            try vault.forget { ByteSearch.contains($0.bytes[...], "MARIGOLD") }
        }
        let reason = isPruned ? KeptBytes.damagedReason : KeptBytes.damagedAsForgottenReason
        for vault in [vault, try anew()] {
            let file = try #require(try vault.session(house.session)?.transcript)
            #expect(file.cuts.map(\.reason) == [reason] && file.unexplained.isEmpty)
            #expect(file.holes.count == 1 && !file.isWhole, "it is not there, for all that")
            #expect(try vault.verify().damaged == [] && vault.counts().damagedSegments == 0)
            #expect(
                try vault.account(of: house.session, name: house.name, path: house.file).pending
                    == file.holes.first?.upperBound)
        }
        let last = try anew()
        try append("{\"c\":2}\n")
        try house.keep(last)
        #expect(try last.session(house.session)?.transcript?.isWhole == true)
        #expect(try house.content(last) == whole + Array("{\"c\":2}\n".utf8))
    }

    private func anew() throws -> Vault {
        for end in ["", "-wal", "-shm"] { Files.remove(house.folder + "/index.sqlite" + end) }
        return try house.open()
    }

    /// Where the file is gone what comes afterwards does not hide the loss.
    @Test func whatIsLostStaysLostWhenMoreIsAdded() throws {
        let vault = try house.open()
        let whole = try keepDamaged(vault)
        _ = try vault.verify()
        _ = try vault.pruneDamaged()
        let line = Array("{\"c\":2}\n".utf8), end = Int64(whole.count)
        var part = Intake.Part(
            session: house.session, name: house.name, path: house.file, configDirectory: "/c", host: "h",
            from: Cursor(
                offset: end, tailHash: try #require(try vault.session(house.session)?.transcript).generation.tail),
            to: Cursor(offset: end + Int64(line.count), tailHash: "t"), cuts: [])
        part.place = nil
        #expect(try vault.take(part, now: 2) { KeptBytes(bytes: line) } == Int64(line.count))
        let file = try #require(try vault.session(house.session)?.transcript)
        #expect(file.segments.count == 2 && file.segments[0].isLost && file.holes == [file.segments[0].range])
    }

    @Test func aSessionGoesWithAllItsFiles() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n".utf8))
        try house.keep(vault)
        var other = house.request()
        other.session = try #require(SessionID(rawValue: "0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b02"))
        _ = try vault.keep(other) { { bytes, _ in KeptBytes(bytes: bytes) } }
        let before = try packs().count
        try vault.forget([house.session])
        #expect(try vault.session(house.session) == nil)
        #expect(try vault.session(other.session) != nil)
        #expect(try packs().count < before)
        #expect(try vault.verify().damaged == [])
    }

    @Test func whatWasLongestUnusedGoesFirstAndNothingThatAKeyHas() throws {
        let vault = try house.open()
        let day: Int64 = 86_400_000
        var sessions: [SessionID] = []
        for number in 1...4 {
            var request = house.request(at: Int64(number) * day)
            request.session = try #require(SessionID(rawValue: "0f3c2f0e-6a36-4a7e-9f55-00000000000\(number)"))
            try house.write((0..<5000).flatMap { Array("{\"\(number)\":\($0 &* 7919 % 1009)}\n".utf8) })
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
            sessions.append(request.session)
        }
        var policy = VaultPolicy()
        policy.keepDays = 3
        policy.maxBytes = .max
        #expect(try vault.prune(policy, now: 5 * day) { _ in false }.sessions == [sessions[0]])
        policy.maxBytes = try vault.counts().packBytes * 5 / 8
        #expect(try vault.prune(policy, now: 4 * day) { $0 == sessions[1] }.sessions == [sessions[2]])
        #expect(try vault.session(sessions[1]) != nil)
    }
}
