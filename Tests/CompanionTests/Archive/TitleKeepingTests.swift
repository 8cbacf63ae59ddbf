import Archive
import Domain
import Platform
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

/// Titles of memories stand where hooks find them, and only those of memories that there are.
@Suite struct TitleKeepingTests {
    private let isOn = #""recall": {"at_start": 2000}"#

    private func titles(_ place: RecallFolder.Place, _ house: CompanionHouse) throws -> [String] {
        RecallFolder(try Settings.load(environment: house.environment).state).titles(of: place).map(\.title)
    }

    @Test func followMemoriesAsTheyComeAndGo() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", provider: "", isOn)
            let first = try await house.settledCompanion {
                let said = try await house.push(1, keys: ["coder/1"]) + house.push(1, keys: ["coder/2"])
                try await house.waitForMemories(2)
                try await eventually("the titles are kept") {
                    try titles(.project("transcripts"), house).count == 2
                        && titles(.key("coder/1"), house) == ["About \(said[0].word)"]
                        && titles(.key("coder/2"), house) == ["About \(said[1].word)"]
                }

                let tombstones = Tombstones(try Settings.load(environment: house.environment).state)
                let session = try #require(SessionID(rawValue: "s1"))
                try tombstones.add(Tombstone(of: session, isWhole: true))
                let mark = try tombstones.mark(of: session)
                try house.redis { try $0.wakeDrains(of: house.queue) }
                try await eventually("the archive has forgotten") {
                    try house.archiveIfAny()?.hasForgotten(mark) == true
                }
                #expect(try titles(.key("coder/1"), house) == [], "gone before anybody is told that it is")
                #expect(try titles(.project("transcripts"), house) == ["About \(said[1].word)"])
                return said
            }
            // What a hand or an older archive left there goes when a companion takes the archive over.
            let state = try Settings.load(environment: house.environment).state
            let file = try #require(try Files.names(in: state.recall).first { $0.hasPrefix("key-") })
            let stray = try Files.read("\(state.recall)/\(file)")
            Files.remove("\(state.recall)/\(file)")
            try Files.write(stray, to: "\(state.recall)/key-0000000000000000.jsonl")
            try await house.companion("second") {
                try await eventually("all is written anew") {
                    try titles(.key("coder/2"), house) == ["About \(first[1].word)"]
                }
                #expect(!Files.exists("\(state.recall)/key-0000000000000000.jsonl"))
                try house.configure("anthropic", provider: "", #""recall": {"at_start": 0}"#)
                try await eventually("nothing is kept that is not to be shown") {
                    try house.redis { try $0.wakeDrains(of: house.queue) }
                    return !Files.exists(state.recall)
                }
            }
        }
    }

    @Test func thatCannotBeWrittenAreNotShown() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", provider: "", isOn)
            try await house.settledCompanion {
                let said = try await house.push(2)
                let place = RecallFolder.Place.project("transcripts")
                try await eventually("the titles are kept") {
                    try titles(place, house).count == 2 && titles(.key("coder/1"), house).count == 2
                }
                let state = try Settings.load(environment: house.environment).state
                let name = try #require(try Files.names(in: state.recall).first { $0.hasPrefix("project-") })
                Files.remove("\(state.recall)/\(name)")
                try Files.makeFolder("\(state.recall)/\(name)/in-the-way")

                let tombstones = Tombstones(state), session = try #require(SessionID(rawValue: "s1"))
                try tombstones.add(Tombstone(of: session, isWhole: true))
                let mark = try tombstones.mark(of: session)
                try house.redis { try $0.wakeDrains(of: house.queue) }
                try await eventually("the archive has forgotten") {
                    try house.archiveIfAny()?.hasForgotten(mark) == true
                }
                #expect(try !titles(.key("coder/1"), house).contains("About \(said[0].word)"))
                try await eventually("what there is is kept again") {
                    try house.redis { try $0.wakeDrains(of: house.queue) }
                    return try titles(place, house) == ["About \(said[1].word)"]
                }
                #expect(house.log.contains("titles of memories are not kept"))
            }
        }
    }
}
