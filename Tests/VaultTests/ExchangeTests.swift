import Compression
import Domain
import Foundation
import GRDB
import Platform
import Settings
import TestSupport
import Testing
import Transcripts

@testable import Vault

@Suite struct ExchangeTests {
    private let house: VaultHouse

    init() throws { house = try VaultHouse() }

    private func lines(_ count: Int) -> [UInt8] { (0..<count).flatMap { Array("{\"line\":\($0)}\n".utf8) } }

    /// Two files, one of them with a name that no tar header has room for, and a line that was cut.
    private func fill(_ vault: Vault) throws -> KeptSession {
        try house.write(lines(200_000))
        try house.keep(vault)
        var request = house.request()
        request.name = "\(house.session)/subagents/\(String(repeating: "deep-", count: 20))/agent-a.jsonl"
        try house.write(lines(3))
        let part = Int64(lines(1).count)
        _ = try vault.keep(request) {
            { bytes, _ in KeptBytes(bytes: Array(bytes[Int(part)...]), cuts: [.init(0..<part, "told so", kept: 0)]) }
        }
        return try #require(try vault.session(house.session))
    }

    private func export(_ vault: Vault) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try vault.export(try #require(try vault.session(house.session))) { bytes += $0 }
        return bytes
    }

    private func take(
        _ archive: [UInt8], into vault: Vault, without exclusions: Exclusions = Exclusions()
    ) throws -> ImportedSession {
        var rest = archive[...]
        return try vault.takeIn(
            { () throws(VaultError) in
                defer { rest = rest.dropFirst(1000) }
                return Array(rest.prefix(1000))
            }, now: 2, without: { _ in exclusions })
    }

    @Test func anotherHostHasAllOfIt() throws {
        let here = try house.open()
        let session = try fill(here)
        let archive = try export(here)
        let there = try Vault.open(house.scratch.path + "/there")
        #expect(try take(archive, into: there).bytes == session.files.reduce(0) { $0 + $1.generation.end })
        #expect(try take(archive, into: there).bytes == 0)
        let arrived = try #require(try there.session(house.session))
        #expect(arrived.files.map(\.name) == session.files.map(\.name))
        #expect(arrived.files.map(\.cuts) == session.files.map(\.cuts))
        for (one, other) in zip(session.files, arrived.files) {
            #expect(
                try one.segments.flatMap { try here.content(of: $0) }
                    == other.segments.flatMap { try there.content(of: $0) })
        }
    }

    /// Anybody can read it: tar and zstd of the system unpack the same files.
    @Test func theSystemsToolsReadIt() throws {
        let vault = try house.open()
        let session = try fill(vault)
        let file = house.scratch.path + "/session.tar.zst", folder = house.scratch.path + "/out"
        try Data(try export(vault)).write(to: URL(fileURLWithPath: file))
        try Files.makeFolder(folder)
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/bin/sh")
        tar.arguments = ["-c", "zstd -dc '\(file)' | tar -x -C '\(folder)'"]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        for kept in session.files {
            let unpacked = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(kept.name)"))
            #expect(try Array(unpacked) == kept.segments.flatMap { try vault.content(of: $0) })
        }
    }

    @Test func whatIsNoExportIsRefused() throws {
        let vault = try house.open()
        _ = try fill(vault)
        let whole = try export(vault)
        let there = try Vault.open(house.scratch.path + "/there")
        var flipped = whole
        flipped[whole.count / 2] ^= 1
        for archive in [[], Array("hello".utf8), Array(whole.dropLast(whole.count / 2)), flipped, Array(whole[100...])]
        {
            #expect { try take(archive, into: there) } throws: { error in
                guard case VaultError.rejected = error else { return false }
                return true
            }
        }
        #expect(try take(whole, into: there).files == 2)
    }

    @Test func whatIsForgottenHereIsNotTakenIn() throws {
        let here = try house.open()
        try house.write(
            Array(["u1", "u2", "u3"].map { Said.user("turn", uuid: $0) + "\n" }.joined().utf8))
        try house.keep(here)
        let archive = try export(here)
        let state = StateFolder(path: house.scratch.path + "/state")
        let there = try Vault.open(state.vault)
        var tombstone = Tombstone(of: house.session, isWhole: false)
        tombstone.known.add("u2", at: "")
        try Tombstones(state).add(tombstone)
        func exclusions() throws -> Exclusions { try Exclusions(forgottenOf: house.session, state: state) }
        for _ in 0..<2 { _ = try take(archive, into: there, without: try exclusions()) }
        #expect(
            try String(decoding: house.content(there), as: UTF8.self)
                == ["u1", "u3"].map { Said.user("turn", uuid: $0) + "\n" }.joined())
        #expect(try there.session(house.session)?.transcript?.holes == [])

        tombstone.isWhole = true
        try Tombstones(state).add(tombstone)
        try there.forget([house.session])
        #expect { try take(archive, into: there, without: try exclusions()) } throws: {
            "\($0)".contains("is forgotten here")
        }
        #expect(try there.session(house.session) == nil)
    }

    /// An import takes its time, and somebody may forget in its midst: first a tombstone is written, then the vault cleared.
    @Test(arguments: [true, false]) func whatIsForgottenMeanwhileIsNotTakenIn(isWhole: Bool) throws {
        let here = try house.open()
        try house.write(Array(["u1", "u2", "u3"].map { Said.user("turn", uuid: $0) + "\n" }.joined().utf8))
        try house.keep(here)
        let archive = try export(here)
        let state = StateFolder(path: house.scratch.path + "/state")
        let there = try Vault.open(state.vault)
        var rest = archive[...], questions = 0
        func take() throws {
            _ = try there.takeIn(
                { () throws(VaultError) in
                    defer { rest = rest.dropFirst(1000) }
                    return Array(rest.prefix(1000))
                }, now: 2,
                without: { session throws(VaultError) in
                    do throws(FileError) {
                        let exclusions = try Exclusions(forgottenOf: session, state: state)
                        questions += 1
                        guard questions == 1 else { return exclusions }
                        // Right after the head was looked at.
                        var tombstone = Tombstone(of: session, isWhole: isWhole)
                        tombstone.known.add("u2", at: "")
                        try Tombstones(state).add(tombstone)
                        return exclusions
                    } catch {
                        throw VaultError(error)
                    }
                })
        }
        if isWhole {
            #expect { try take() } throws: { "\($0)".contains("is forgotten here") }
            #expect(try there.session(house.session) == nil)
        } else {
            try take()
            #expect(!(try String(decoding: house.content(there), as: UTF8.self).contains("u2")))
        }
    }

    /// An archive whose head says what it likes.
    private func archive(_ manifest: String) -> [UInt8] {
        func entry(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
            TarHeader(name: name, size: Int64(bytes.count)).blocks(milliseconds: 1) + bytes
                + [UInt8](repeating: 0, count: TarHeader.padding(after: Int64(bytes.count)))
        }
        return Zstandard.compressed(
            entry(SessionManifest.name, Array(manifest.utf8)) + entry(house.name, Array("{}\n".utf8))
                + [UInt8](repeating: 0, count: 1024))
    }

    private func manifest(
        _ stretch: String, name: String? = nil, cwd: String = "/p", format: Int = 1, more: String = ""
    ) -> String {
        let digest = Digest.hexadecimal(Array("{}\n".utf8))
        return
            #"{"format":\#(format),"session":"\#(house.session)","files":[{"name":"\#(name ?? house.name)","path":"/x","config_dir":"/c","cwd":"\#(cwd)","branch":"","commit":"","host":"h","segments":[{\#(stretch),"sha256":"\#(digest)","tail":"t"}]}\#(more)]}"#
    }

    @Test func whatAHeadCannotSayIsRefused() throws {
        let vault = try house.open()
        let plain = #""from":0,"to":3,"kept":3,"cuts":[]"#
        let other =
            #",{"name":"\#(house.session).txt","path":"","config_dir":"","cwd":"","branch":"","commit":"","host":"","segments":[]}"#
        let cut = { (cut: String, to: Int64) in
            #""from":0,"to":\#(to),"kept":3,"cuts":[{\#(cut),"reason":"r"}]"#
        }
        let refused = [
            manifest(#""from":0,"to":\#(Int64.max),"kept":3,"cuts":[]"#),
            manifest(#""from":-3,"to":0,"kept":3,"cuts":[]"#),
            manifest(#""from":0,"to":9,"kept":3,"cuts":[]"#),
            manifest(cut(#""from":\#(Int64.min),"to":\#(Int64.max),"kept":0"#, 9)),
            manifest(cut(#""from":3,"to":9,"kept":\#(Int64.min)"#, 9)),
            manifest(cut(#""from":3,"to":12,"kept":0"#, 9)),
            manifest(plain, name: "\(house.session).exe"), manifest(plain, name: "\(house.session)x.jsonl"),
            manifest(plain, more: other.replacing(".txt", with: ".jsonl")), manifest(plain, cwd: #"/p\u001b[2J"#),
        ]
        for manifest in refused {
            #expect {
                try take(archive(manifest), into: vault)
            } throws: { error in
                guard case VaultError.rejected = error else { return false }
                return true
            }
            #expect(try vault.counts().files == 0, "\(manifest)")
        }
        #expect(throws: VaultError.newer(version: 2, known: 1)) {
            try take(archive(#"{"format":2,"sessions":[]}"#), into: vault)
        }
        #expect(try take(archive(manifest(plain)), into: vault).bytes == 3)
        #expect(try take(archive(manifest(cut(#""from":3,"to":9,"kept":0"#, 9))), into: vault).bytes == 6)
    }

    /// What a vault may hold and no folder of a client can have beside the rest is left out, and the rest is taken in.
    @Test(arguments: [
        "../x.jsonl", "/etc/x", "other/x", "S/../../x", "S/two\nlines.txt", "S/a/b/c/d/e/f/g/h/i/j/k.txt",
        "S/\(String(repeating: "deep/", count: 3))\(String(repeating: "x", count: 120))\n1.txt",
    ])
    func aNameThatCannotBeIsLeftOut(pattern: String) throws {
        let session = house.session.rawValue, place = "/\(pattern)"
        let name = pattern.hasPrefix("S/") ? session + pattern.dropFirst() : pattern
        let vault = try house.open()
        try house.write(lines(3))
        try house.keep(vault)
        for other in [name, "\(session)/tool-results/zz.txt"] {
            var request = house.request()
            request.name = other
            let path = house.scratch.path + "/x"
            try house.write(lines(2), to: path)
            request.path = path
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
        }
        // Its place is as odd as its name.
        try vault.write { database in
            try database.execute(
                sql: "UPDATE generation SET path = ? WHERE file = (SELECT number FROM file WHERE name = ?)",
                arguments: [place, name])
        }
        let there = try Vault.open(house.scratch.path + "/there")
        let imported = try take(try export(vault), into: there)
        #expect(imported.files == 2 && imported.left.keys.elementsEqual([name]))
        #expect(
            try there.session(house.session)?.files.map(\.name) == [house.name, "\(session)/tool-results/zz.txt"])
        #expect(try house.content(there) == lines(3))
    }

    /// As a restore does it: what was a file once and is a folder now goes for what lies in that.
    @Test func whatWasAFileAndIsAFolderIsLeftOut() throws {
        let vault = try house.open(), once = "\(house.session)/once"
        try house.write(lines(3))
        try house.keep(vault)
        for name in [once, once + "/inner.txt"] {
            var request = house.request()
            request.name = name
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
        }
        let there = try Vault.open(house.scratch.path + "/there")
        #expect(try take(try export(vault), into: there).left == [once: "it is a folder of other files, too"])
        #expect(try there.session(house.session)?.files.map(\.name) == [house.name, once + "/inner.txt"])
    }
}
