import Domain
import Foundation
import Glibc
import Platform
import Settings
import Storage
import TestSupport
import Testing
import Transcripts
import Vault

@testable import Operations

/// What status, verify and doctor say of a vault on disk.
@Suite(.redisServer) struct VaultStandingTests {
    private let test: TestPlace

    init() throws { test = try TestPlace() }

    private func session(_ number: Int) -> String { "0f3c1a52-1111-4222-8333-00000000000\(number)" }

    private func write(_ number: Int, _ text: String) throws -> TranscriptFile {
        let path = try test.scratch.write(text + "\n", to: "claude/projects/-p/\(session(number)).jsonl")
        return try #require(ClaudeCode().file(path, in: test.scratch.path + "/claude"))
    }

    private func keep(_ file: TranscriptFile) throws -> Vault {
        let settings = test.place.settings
        let vault = try Vault.open(settings)
        let keeper = SessionKeeper(vault: vault, state: settings.state, host: test.place.host)
        _ = try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds)
        return vault
    }

    @Test func everyByteIsInTheVaultOrPendingOrExcludedForAReason() throws {
        let plain = Said.user("hello"), secret = Said.user("<private>mine</private> yours")
        let kept = try write(1, plain + "\n" + secret)
        _ = try keep(kept)
        let waiting = try write(2, plain)
        let own = try write(3, Said.user("[holdfast memory] make one of this"))
        let balance = try test.place.balance(ofSession: nil)
        func sums(_ number: Int) throws -> Balance.Kept {
            try #require(balance.sessions.first { $0.session_id == session(number) }).vault
        }
        let first = try sums(1)
        #expect(first.bytes == kept.size && first.pending == 0)
        #expect(first.excluded == ["marked as private": kept.size - first.kept] && first.kept < kept.size)
        #expect((try sums(2).kept, try sums(2).pending) == (0, waiting.size))
        #expect(try sums(3).pending == 0 && sums(3).excluded.values.reduce(0, +) == own.size)
        #expect(balance.vault.bytes == kept.size + waiting.size + own.size)
        #expect(balance.lines.contains { $0.contains("marked as private") && $0.hasPrefix("    vault: ") })
        let json = try JSONValue(encoding: balance)
        #expect(json["vault"]?["kept"]?.text == "\(first.kept)")
    }

    @Test func theStatusTellsWhatIsSafe() throws {
        let file = try write(1, Said.user("hello"))
        let vault = try keep(file)
        var safety = VaultSafety(lookedMilliseconds: 1_800_000_000_000)
        (safety.safe, safety.pending, safety.excluded, safety.old) = (5, 1, 2, 3)
        try vault.note(safety)
        let status = try test.place.status()
        #expect((status.vault.sessions, status.vault.kept_bytes) == (1, file.size))
        #expect(status.vault.last_look == Timestamp(1_800_000_000_000) && status.vault.error == nil)
        #expect((status.vault.transcripts_safe, status.vault.transcripts_old) == (5, 3))
        let row = status.rows.first { $0.name == "vault" }?.text ?? ""
        #expect(row.contains("1 session,") && row.contains("5 safe, 1 pending, 2 excluded, 3 older"))
        let text = try test.place.metricsText(of: status)
        #expect(text.contains("holdfast_vault_transcripts{state=\"safe\"} 5"))
        #expect(text.contains("holdfast_vault_bytes{state=\"kept\"} \(file.size)"))
    }

    /// Nothing is passed over in silence.
    @Test func whatCannotBeKeptIsShown() throws {
        let folder = "claude/projects/-p/\(session(1))/tool-results"
        for (name, text) in [("full.txt", "x"), ("empty.txt", "")] {
            try test.scratch.write(text, to: "\(folder)/\(name)")
        }
        let place = "\(test.scratch.path)/\(folder)"
        try #require(unsafe symlink("full.txt", place + "/link") == 0 && mkfifo(place + "/pipe", 0o600) == 0)
        _ = try keep(try write(1, Said.user("hello")))
        let shown = try test.place.keptDetail(session(1))
        #expect(shown.files.count == 2)
        #expect(
            shown.passed_over.map(\.path).sorted() == ["empty.txt", "link", "pipe"].map { "\(place)/\($0)" },
            "\(shown.passed_over)")
        #expect(shown.passed_over.allSatisfy { $0.reason.hasPrefix("it is ") })
    }

    @Test func aVaultThatIsOffSaysSo() throws {
        let place = try Workplace(settings: try test.settings(#"{"vault": {"enabled": false}}"#))
        let file = try write(1, Said.user("hello"))
        let status = try place.status()
        #expect(status.rows.first { $0.name == "vault" }?.text == "off")
        #expect(!status.troubles.contains { [.vault_failed, .not_kept].contains($0.kind) })
        #expect(try place.balance(ofSession: nil).vault.excluded == ["vault.enabled is false": file.size])
        #expect(Checkup(place: place, status: status).vault().outcome == .ok)
        #expect(!Files.exists(place.settings.state.vault))
    }

    /// A key that was set later makes nothing of before encrypted by itself.
    @Test func itTellsWhatIsEncryptedAndNotOnlyWhatIsSet() throws {
        _ = try keep(try write(1, Said.user("hello")))
        #expect(try !test.place.vaultStatus().encrypted)
        let key = try test.scratch.write(String(repeating: "a", count: 64), to: "key")
        try Files.setMode(key, 0o600)
        let place = try Workplace(settings: try test.settings(#"{"vault": {"encrypt_key_file": "\#(key)"}}"#))
        let before = try place.vaultStatus()
        #expect(before.encrypts && !before.encrypted)
        #expect((before.plain_segments, before.encrypted_segments, before.encrypted_bytes) == (1, 0, 0))
        #expect(try before.plain_bytes > 0 && !place.status().vault.encrypted)
        #expect(try Vault.open(place.settings).sealPlain(for: .seconds(60)))
        let after = try place.vaultStatus()
        #expect(after.encrypted && (after.plain_segments, after.plain_bytes, after.encrypted_segments) == (0, 0, 1))
        #expect(try after.encrypted_bytes > 0 && place.status().vault.encrypted)
    }

    @Test func theDoctorLooksAtTheVaultAndItsKey() throws {
        _ = try keep(try write(1, Said.user("hello")))
        func check(_ place: Workplace) throws -> Check { Checkup(place: place, status: try place.status()).vault() }
        let sound = try check(test.place)
        #expect(sound.outcome == .ok && sound.finding.contains("1 sessions"), "\(sound)")
        let key = test.scratch.path + "/no-key"
        let locked = try Workplace(settings: try test.settings(#"{"vault": {"encrypt_key_file": "\#(key)"}}"#))
        let failed = try check(locked)
        #expect(failed.outcome == .fail && failed.finding.contains("no-key"), "\(failed)")
        let packs = test.place.settings.state.vault + "/packs"
        let pack = try #require(try Files.names(in: packs).first)
        try Files.write("broken", to: packs + "/" + pack)
        #expect(try test.place.verifyVault().damaged.count == 1)
        let damaged = try check(test.place)
        #expect(damaged.outcome == .warn && damaged.remedy.contains("vault verify"), "\(damaged)")
    }
}
