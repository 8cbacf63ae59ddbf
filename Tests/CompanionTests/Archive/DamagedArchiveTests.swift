import Archive
import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The archive's file is damaged, replaced, or cannot be made.
@Suite struct DamagedArchiveTests {
    private func movedAside(_ house: CompanionHouse) throws -> [String] {
        let folder = "\(house.scratch.path)/state/archive"
        return try Files.names(in: folder).filter {
            $0.contains(".corrupt-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
        }
    }

    /// Overwrites pages of 4 KB, from the second on.
    private func overwrite(_ path: String, pages: some Sequence<Int>) throws {
        let descriptor = unsafe open(path, O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let noise = [UInt8](repeating: 0xA5, count: 4096)
        for page in pages { #expect(unsafe pwrite(descriptor, noise, noise.count, off_t(page * 4096)) == noise.count) }
    }

    @Test func aFileOfTextIsMovedAsideAndRedisIsArchivedAnew() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            let said = try await house.companion {
                let said = try await house.push(6)
                try await house.waitForArchived(said)
                return said
            }
            for suffix in ["-wal", "-shm"] { Files.remove(house.archivePath + suffix) }
            try Files.write(String(repeating: "this is no archive\n", count: 500), to: house.archivePath)
            try house.force(open: false)
            try await house.companion("second") {
                try await house.waitForMemories(6)
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
                #expect(try movedAside(house).count == 1)
                #expect(house.log.count("the archive is damaged; it is moved aside") == 1)
            }
        }
    }

    @Test func memoriesOfADamagedFileAreSaved() async throws {
        try await CompanionHouse.run { house in
            let done = try await house.companion {
                let done = try await house.push(20)
                try await house.waitForMemories(20)
                try await house.waitUntilEmpty()
                return done
            }
            try house.force(open: true)
            let waiting = try await house.companion("second") {
                let waiting = try await house.push(5)
                try await house.waitForArchived(done + waiting)
                return waiting
            }
            // All is in the file; its last page is gone.
            let archive = try house.openArchive()
            try archive.tidy()
            let id = archive.id
            try archive.close()
            let pages = Int(try Files.status(house.archivePath).st_size) / 4096
            try overwrite(house.archivePath, pages: [pages - 1])
            try house.force(open: false)
            try await house.companion("third") {
                try await eventually("it is moved aside") { try movedAside(house).count == 1 }
                try await house.waitUntilEmpty()
                try await eventually("what waited has its memory") {
                    guard let archive = house.archiveIfAny() else { return false }
                    return try waiting.allSatisfy { try archive.show($0.id)?.memory != nil }
                }
                #expect(house.log.contains("the archive is damaged; it is moved aside"))
                #expect(house.log.contains("read from the damaged archive"))
                #expect(try house.archive().id == id)
                try house.expectNothingLost(waiting)
                // What was paid for is not paid for again.
                #expect(house.model.completions.count == 25)
                #expect(house.memoryCount() > 5)
                for said in done where try house.archived(said) != nil {
                    #expect(try house.archived(said)?.memory?.memory.title == "About \(said.word)")
                }
            }
        }
    }

    @Test func aFileDamagedWhileInUseIsReplaced() async throws {
        try await CompanionHouse.run { house in
            try await house.companion {
                var said = try await house.push(4)
                try await house.waitForMemories(4)
                try await house.waitUntilEmpty()
                let archive = try house.openArchive()
                try archive.tidy()
                try archive.close()
                let pages = Int(try Files.status(house.archivePath).st_size) / 4096
                try overwrite(house.archivePath, pages: 1..<pages)
                // Reading goes through what is cached for a while; writing finds it out sooner or later.
                try await eventually("it is noticed and moved aside") {
                    try movedAside(house).count == 1
                }
                said = try await house.push(3)
                try await house.waitUntilEmpty()
                try await eventually("the new ones are in the new file, with memories") {
                    guard let archive = house.archiveIfAny() else { return false }
                    return try said.allSatisfy { try archive.show($0.id)?.memory != nil }
                }
                try house.expectNothingLost(said)
                #expect(house.log.contains("the archive is damaged; it is moved aside"))
            }
        }
    }

    @Test func withoutAPlaceForItsFileNothingIsLost() async throws {
        try await CompanionHouse.run { house in
            // Where the folder should be, a file is: as little can be written as on a disk that is full.
            try house.scratch.write("in the way", to: "state/archive")
            try await house.companion {
                let said = try await house.push(5)
                try await eventually("it says so") { house.log.contains("state/archive") }
                #expect(try house.queueCount() == 5)
                #expect(try house.redis { try $0.send(["ZCARD", house.queue.keys.unarchived]) } == .integer(5))
                #expect(house.model.completions.isEmpty)
                Files.remove(house.scratch.path + "/state/archive")
                try await house.waitForMemories(5)
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
            }
        }
    }
}
