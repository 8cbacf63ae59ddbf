import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The archive's file goes away under a companion that uses it.
@Suite struct DeletedArchiveTests {
    enum Deed: CaseIterable { case fileDeleted, folderDeleted, anotherInItsPlace }

    private func doTo(_ house: CompanionHouse, _ deed: Deed) throws {
        let folder = "\(house.scratch.path)/state/archive"
        switch deed {
        case .fileDeleted: for suffix in ["", "-wal", "-shm"] { Files.remove(house.archivePath + suffix) }
        case .folderDeleted: Files.removeFolder(folder)
        case .anotherInItsPlace:
            // As of a backup that a person puts back: of the same archive, and older.
            let copy = ArchiveStores.at(folder + "/other.sqlite")
            let other = try copy.open(id: try house.archive().id)
            try other.tidy()
            try other.close()
            for suffix in ["-wal", "-shm"] { Files.remove(house.archivePath + suffix) }
            try #require(Files.rename(folder + "/other.sqlite", to: house.archivePath))
        }
    }

    @Test(arguments: Deed.allCases)
    func nothingIsWrittenIntoWhatNobodyReads(deed: Deed) async throws {
        try await CompanionHouse.run { house in
            try await house.companion {
                let before = try await house.push(5)
                try await house.waitForMemories(5)
                try await house.waitUntilEmpty()
                let id = try house.archive().id
                try doTo(house, deed)
                let after = try await house.push(3)
                try await eventually("all have their memories, in the file that lies there") {
                    guard let archive = house.archiveIfAny() else { return false }
                    return try (before + after).allSatisfy { try archive.show($0.id)?.memory != nil }
                }
                try await house.waitUntilEmpty()
                try house.expectNothingLost(before + after)
                #expect(try house.archive().id == id)
                // Nothing is paid for again: no transcript was there to read these words from.
                #expect(house.model.completions.count == 8)
                #expect(house.log.contains("deleted or replaced while it was in use"))
            }
        }
    }

    @Test func aFolderDeletedWithItsMarkIsMadeAnew() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            let said = try await house.companion {
                let said = try await house.push(3)
                try await house.waitForArchived(said)
                return said
            }
            Files.removeFolder("\(house.scratch.path)/state/archive")
            try house.force(open: false)
            try await house.companion("second") {
                try await house.waitForMemories(3)
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
            }
        }
    }
}

/// The archive's folder and this host's mark are deleted while no companion runs: nothing here says whose the pool is.
@Suite struct ForgottenArchiveTests {
    @Test func aPersonGivesThePoolANewArchive() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            let said = try await house.companion {
                let said = try await house.push(3)
                try await house.waitForArchived(said)
                return said
            }
            let old = try house.archive().id
            Files.removeFolder("\(house.scratch.path)/state/archive")
            Files.remove("\(house.scratch.path)/state/archive.mark")
            try house.force(open: false)
            try await house.companion("second") {
                try await eventually("it waits for another host") { house.log.contains("is on another host") }
                #expect(try !house.isOwner("second"))
                // What `holdfast pool adopt` does.
                let new = ArchiveStores.newID()
                try ArchiveStores.at(house.archivePath).expect(new)
                #expect(try house.redis { try $0.run(house.queue.givingArchive(new)) } == nil)
                try await house.waitForMemories(3)
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
                #expect(try house.archive().id == new && new != old)
            }
            // It stays so.
            try await house.companion("third") {
                try await eventually("it has it again") { try house.isOwner("third") }
            }
        }
    }
}
