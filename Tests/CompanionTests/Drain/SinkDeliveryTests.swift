import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Memories are handed on, each sink by itself.
@Suite struct SinkDeliveryTests {
    private func files(_ folder: String) -> [String] {
        ((try? Files.names(in: folder)) ?? []).flatMap { name -> [String] in
            let path = folder + "/" + name
            return Files.isFolder(path) ? files(path) : [path]
        }
    }

    private func counts(_ house: CompanionHouse, _ sink: String) throws -> SinkCounts? {
        guard let archive = try ArchiveStores.at(house.archivePath).openToRead() else { return nil }
        defer { try? archive.close() }
        return try archive.sinkCounts(sink)
    }

    @Test func aFolderGetsAFileForEachAndTheOutageOfAnotherTouchesNothing() async throws {
        try await CompanionHouse.run { house in
            let notes = house.scratch.path + "/notes"
            let sinks = """
                "sinks": [{"kind": "folder", "path": "\(notes)"}, {"kind": "webhook", "url": "http://127.0.0.1:1/x"}]
                """
            try house.configure("anthropic", sinks)
            try await house.settledCompanion {
                try await eventually("the sinks are known") { try counts(house, "folder") != nil }
                try await house.wake()
                try await house.push(5)
                try await house.waitForMemories(5)
                try await eventually("five files") { files(notes).count == 5 }
                try await eventually("the other one waits") { try counts(house, "webhook")?.waiting ?? 0 > 0 }
                #expect(try counts(house, "webhook")?.dead == 0)
            }
            let text = try Files.read(try #require(files(notes).first), limit: 1 << 20)
            #expect(text.hasPrefix("---\nid: ") && text.contains("\nkind: episode\n") && text.contains("\n# "))
        }
    }

    @Test func whatWasRememberedBeforeIsHandedOnWhenItIsAskedFor() async throws {
        try await CompanionHouse.run { house in
            try await house.companion {
                try await house.push(3)
                try await house.waitForMemories(3)
                try await house.waitUntilEmpty()
            }
            let notes = house.scratch.path + "/notes"
            try house.configure("anthropic", #""sinks": [{"kind": "folder", "path": "\#(notes)"}]"#)
            let settings = try Settings.load(environment: house.environment)
            try await house.companion("second") {
                try await eventually("it is there") { try counts(house, "folder") != nil }
                #expect(files(notes).isEmpty)
                try SinkRequests(settings.state).add(.init(sink: "folder", wish: .backfill))
                try await eventually("three files") { files(notes).count == 3 }
            }
            #expect(SinkRequests(settings.state).all.isEmpty)
        }
    }
}
