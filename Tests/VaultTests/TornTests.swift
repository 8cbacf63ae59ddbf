import Domain
import Foundation
import Platform
import Settings
import TestSupport
import Testing
import Transcripts

@testable import Vault

/// Private sections that lie on both sides of a border: between two takes, or between what is read at once.
@Suite struct TornTests {
    private let house: VaultHouse

    init() throws { house = try VaultHouse() }

    private func filter(_ bytes: [UInt8], _ position: Int64) -> KeptBytes {
        var none = Exclusions()
        return ClaudeCode().kept(bytes, at: position, &none)
    }

    private func keptText(_ vault: Vault) throws -> String { String(decoding: try house.content(vault), as: UTF8.self) }

    /// The client wrote a part of a line, was held up for long, and went on.
    @Test func aLineIsFilteredAsAWhole() throws {
        let first = Said.user("one") + "\n", last = Said.user("three") + "\n"
        let line = Said.user("before <private>nobody may know</private> after") + "\n"
        for cut in stride(from: 1, to: line.utf8.count, by: 3) {
            let house = try VaultHouse()
            let vault = try house.open()
            let begun = Array((first + line).utf8.prefix(first.utf8.count + cut))
            try house.write(begun)
            #expect(try house.keep(vault, filter: filter).end == Int64(begun.count))
            #expect(try !ByteSearch.contains(house.content(vault)[...], "nobody may know"))
            // Not at rest, and the line has still no end.
            try house.write(begun + Array(line.utf8.dropFirst(cut).prefix(1)))
            _ = try house.keep(vault, isAtRest: false, filter: filter)
            try house.write(Array((first + line + last).utf8))
            try house.keep(vault, filter: filter)
            let text = String(decoding: try house.content(vault), as: UTF8.self)
            #expect(text == first + Said.user("before  after") + "\n" + last, "torn after \(cut) bytes")
            let file = try #require(try vault.session(house.session)?.transcript)
            #expect(file.holes.isEmpty && file.generation.generation == 0)
            #expect(try vault.verify().damaged == [])
        }
    }

    private func keepText(_ text: String, _ vault: Vault) throws {
        try house.write(Array(text.utf8))
        var request = house.request()
        request.isOfLines = false
        let outcome = try vault.keep(request) {
            var none = Exclusions()
            return { KeptBytes.of($0, at: $1, written: 0, &none) }
        }
        #expect(outcome?.end == Int64(text.utf8.count))
    }

    @Test func aTextIsFilteredAcrossTakes() throws {
        let text = "said <private>alder\nbirch\ncedar</private> heard <private>durmast</private> done\n"
        for step in [1, 3, 7, 20, 33] {
            let house = try VaultHouse()
            let test = TornTests(house)
            let vault = try house.open()
            for end in stride(from: step, through: text.utf8.count + step, by: step) {
                try test.keepText(String(text.prefix(end)), vault)
                #expect(try !["alder", "birch", "cedar", "durmast"].contains { try test.keptText(vault).contains($0) })
            }
            let kept = try test.keptText(vault)
            #expect(kept.hasPrefix("said ") && kept.hasSuffix(" done\n") && kept.contains(" heard "))
        }
    }

    @Test func aTextIsFilteredAcrossWhatIsReadAtOnce() throws {
        let padding = String(repeating: "0123456789abcde\n", count: (4 << 20) / 16 - 1)
        let text = padding + "a <private>" + "SECRET " + String(repeating: "MARIGOLD ", count: 100) + "</private> b\n"
        let vault = try house.open()
        try keepText(text, vault)
        #expect(try keptText(vault) == padding + "a  b\n")
    }

    private init(_ house: VaultHouse) { self.house = house }
}
