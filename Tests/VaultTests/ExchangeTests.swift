import Domain
import Foundation
import Platform
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
        try vault.export(try #require(try vault.session(house.session)), now: 1) { bytes += $0 }
        return bytes
    }

    private func take(_ archive: [UInt8], into vault: Vault) throws -> ImportedSession {
        var rest = archive[...]
        return try vault.takeIn(
            { () throws(VaultError) in
                defer { rest = rest.dropFirst(1000) }
                return Array(rest.prefix(1000))
            }, now: 2)
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

    @Test func namesThatLeadElsewhereAreRefused() throws {
        for name in ["../x.jsonl", "/etc/x", "other/x", "\(house.session)/../../x"] {
            let vault = try Vault.open(house.scratch.path + "/\(name.count)")
            try house.write(lines(3))
            try house.keep(vault)
            var request = house.request()
            request.name = name
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
            let there = try Vault.open(house.scratch.path + "/there-\(name.count)")
            #expect { try take(try export(vault), into: there) } throws: {
                "\($0)".contains("cannot be a file of session")
            }
            #expect(try there.counts().files == 0)
        }
    }
}
