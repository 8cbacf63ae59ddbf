import Domain
import Foundation
import TestSupport
import Testing
import Transcripts

@testable import Vault

/// Every byte of a file is in the vault, pending, or excluded for a reason.
@Suite struct AccountingTests {
    private let house: VaultHouse

    init() throws { house = try VaultHouse() }

    private func lines(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        (0..<count).flatMap { _ in
            let mark = ["plain", "drop", "open <private>secret</private>"].randomElement(using: &random) ?? ""
            let words = (0..<Int.random(in: 1...2000, using: &random)).map { _ in
                UInt8.random(in: 97...122, using: &random)
            }
            return Array("{\"text\":\"\(mark) ".utf8) + words + Array("\"}\n".utf8)
        }
    }

    /// As a source filters: private words go, and lines that were not to be recorded as a whole.
    private func filter(_ bytes: [UInt8], _ position: Int64) -> KeptBytes {
        var rest: [UInt8] = [], cuts: [KeptBytes.Cut] = [], start = position
        for part in bytes.split(separator: 10, omittingEmptySubsequences: false) where !part.isEmpty {
            // The last may have no end.
            let line = Array(part) + (part.endIndex < bytes.endIndex ? [10] : [])
            let range = start..<start + Int64(line.count)
            start = range.upperBound
            let text = String(decoding: line, as: UTF8.self)
            if text.contains("drop") {
                cuts.append(KeptBytes.Cut(range, "not to be recorded", kept: 0))
            } else if text.contains("<private>") {
                let open = Array(text.replacing("<private>secret</private>", with: "").utf8)
                rest += open
                cuts.append(KeptBytes.Cut(range, KeptBytes.privateReason, kept: Int64(open.count)))
            } else {
                rest += line
            }
        }
        return KeptBytes(bytes: rest, cuts: cuts)
    }

    private func account(_ vault: Vault) throws -> VaultAccount {
        try vault.account(of: house.session, name: house.name, path: house.file)
    }

    @Test(arguments: 0..<20) func keptAndPendingAndExcludedIsWhatLiesOnDisk(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let vault = try house.open()
        var content: [UInt8] = []
        for _ in 0..<12 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: content = lines(2, &random)
            case 1: content = Array(content.prefix(Int.random(in: 0...content.count, using: &random)))
            default: content += lines(Int.random(in: 1...40, using: &random), &random)
            }
            try house.write(content)
            let isKept = Bool.random(using: &random)
            if isKept { try house.keep(vault, filter: filter) }
            let account = try account(vault)
            #expect(account.bytes == Int64(content.count))
            #expect(account.kept + account.pending + account.excluded.values.reduce(0, +) == account.bytes)
            #expect(account.kept >= 0 && account.pending >= 0 && account.excluded.values.allSatisfy { $0 >= 0 })
        }
        // Written to its end, and kept to its end: nothing is pending.
        content = lines(30, &random)
        try house.write(content)
        try house.keep(vault, filter: filter)
        let whole = try account(vault)
        let expected = filter(content, 0)
        #expect(whole.pending == 0 && whole.kept == Int64(expected.bytes.count))
        #expect(Set(whole.excluded.keys) == Set(expected.cuts.map(\.reason)))
        try house.write(content + Array("{\"later\"".utf8))
        #expect(try account(vault).pending == 8)
    }

    @Test func whatIsDamagedIsPending() throws {
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n".utf8))
        try house.keep(vault)
        #expect(try account(vault).kept == 8)
        let pack = try #require(try FileManager.default.contentsOfDirectory(atPath: house.folder + "/packs").first)
        try house.write([0, 0, 0], to: house.folder + "/packs/" + pack)
        #expect(try vault.verify(after: nil, limit: 10).damaged.count == 1)
        #expect(try account(vault) == VaultAccount(bytes: 8))
        // It comes back from the file, as long as that has it.
        try house.keep(vault)
        #expect(try account(vault).kept == 8)
        #expect(try vault.verify().damaged == [] && house.content(vault) == Array("{\"a\":1}\n".utf8))
    }

    /// Who looks opens no pack, needs no key and makes nothing.
    @Test func aGlanceTellsWhatAVaultHolds() throws {
        #expect(try VaultGlance.of(house.folder) == nil)
        let vault = try house.open()
        try house.write(Array("{\"a\":1}\n".utf8))
        try house.keep(vault)
        var safety = VaultSafety(lookedMilliseconds: 7)
        safety.safe = 3
        try vault.note(safety)
        let glance = try #require(try VaultGlance.of(house.folder))
        #expect(glance.counts == (try vault.counts()) && glance.counts.keptBytes == 8)
        #expect(glance.safety == safety)
    }
}
