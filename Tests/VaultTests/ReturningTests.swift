import Domain
import Foundation
import GRDB
import Platform
import Settings
import TestSupport
import Testing
import Transcripts

@testable import Vault

/// What comes back from a copy of packs: just what is damaged, gone or wanted, and nothing that is forgotten.
@Suite struct ReturningTests {
    private let house: VaultHouse
    private let content = Array("{\"a\":1}\n{\"text\":\"these are the words that were said\"}\n".utf8)

    init() throws { house = try VaultHouse() }

    private var packs: String { house.folder + "/packs" }
    private var copy: String { house.scratch.path + "/copy" }

    /// A vault whose packs lie elsewhere, too.
    private func filled() throws -> Vault {
        let vault = try house.open()
        try house.write(content)
        try house.keep(vault)
        try FileManager.default.copyItem(atPath: packs, toPath: copy)
        return vault
    }

    private func wish(_ isWanted: Bool = false, isForgotten: Bool = false) -> Vault.Wish {
        Vault.Wish { _ in
            isWanted
        } isForgotten: { _ throws(VaultError) in
            isForgotten
        }
    }

    @Test func whatIsDamagedComesBackAndNothingElse() throws {
        let vault = try filled()
        #expect(try vault.take(fromPacksIn: copy, wish()) == 0, "nothing is damaged")
        var bytes = try Files.bytes(packs + "/00000001.pack", limit: 1 << 20)
        bytes[bytes.count - 3] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: packs + "/00000001.pack"))
        #expect(try vault.verify().damaged.count == 1)
        #expect(try vault.take(fromPacksIn: copy, wish()) == 1)
        #expect(try vault.verify().damaged.isEmpty)
        #expect(try house.content(vault) == content)
    }

    @Test func whatIsGoneWithItsPackComesBack() throws {
        let vault = try filled()
        Files.remove(packs + "/00000001.pack")
        #expect(try vault.verify().damaged.count == 1)
        #expect(try vault.take(fromPacksIn: copy, wish()) == 1)
        #expect(try house.content(vault) == content)
    }

    @Test func ofAnUnknownSessionAllComesIfItIsWantedAndNotForgotten() throws {
        let vault = try filled()
        try vault.remove(house.session)
        #expect(try vault.take(fromPacksIn: copy, wish()) == 0)
        #expect(try vault.take(fromPacksIn: copy, wish(true, isForgotten: true)) == 0)
        #expect(try vault.take(fromPacksIn: copy, wish(true)) == 1)
        #expect(try house.content(vault) == content)
        #expect(try vault.take(fromPacksIn: copy, wish(true)) == 0, "it is here")
    }

    @Test func whatIsForgottenGoesFromWhatCameBack() throws {
        let vault = try filled()
        let state = StateFolder(path: house.scratch.path + "/state")
        try state.prepare()
        try vault.forgetAgain { session throws(VaultError) in
            do throws(FileError) { return try Exclusions(forgottenOf: session, state: state) } catch {
                throw VaultError(error)
            }
        }
        #expect(try house.content(vault) == content, "nothing is forgotten")
        try Tombstones(state).add(Tombstone(of: house.session, isWhole: true))
        try vault.forgetAgain { session throws(VaultError) in
            do throws(FileError) { return try Exclusions(forgottenOf: session, state: state) } catch {
                throw VaultError(error)
            }
        }
        #expect(try vault.session(house.session) == nil)
    }

    @Test func rowsThatAreGoneAreMissedAndMadeAnew() throws {
        let vault = try filled()
        #expect(try vault.isAgreed())
        try vault.write { try $0.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM segment") }
        #expect(try !vault.isAgreed())
        let again = try house.open()
        #expect(again.remade != nil)
        #expect(try house.content(again) == content)
        again.noteHeardOfRemaking()
        #expect(again.remade == nil)
    }
}
