import Domain
import Foundation
import GRDB
import Testing

@testable import Archive

@Suite struct FileTests {
    let folder = TestFolder()

    private func fill(_ archive: SQLiteArchive, _ range: Range<Int>) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 100) {
            let episodes = (start..<min(start + 100, range.upperBound)).map { number in
                Samples.episode(
                    [Samples.entry(number, .user, "needle \(number) " + String(repeating: "hay ", count: 200))],
                    bytes: Int64(number)..<Int64(number + 1))
            }
            _ = try archive.ingest(episodes, nowMilliseconds: 1)
        }
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func onlyItsUserMayReadIt() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let archive = try folder.archive()
        try fill(archive, 0..<10)
        #expect(try mode(folder.path + "/state") == 0o700)
        for end in ["", "-wal", "-shm"] { #expect(try mode(folder.file + end) == 0o600) }
    }

    @Test func tightensAFileThatOthersMayRead() throws {
        try folder.archive().close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.file)
        let archive = try folder.archive()
        #expect(try mode(folder.file) == 0o600)
        _ = archive
    }

    @Test func keepsItsID() throws {
        let given = try folder.archive(id: "0123456789abcdef").id
        #expect(given == "0123456789abcdef")
        #expect(try folder.archive(id: "fedcba9876543210").id == given)
        #expect(try folder.archive().id == given)
        let other = TestFolder()
        let random = try other.archive().id
        #expect(random != given && random.utf8.count == 16)
        #expect(throws: ArchiveError.self) { try SQLiteArchive.open(path: other.file, id: "short") }
    }

    @Test func readsBesideTheWriter() throws {
        #expect(try SQLiteArchive.openReadOnly(path: folder.file) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        let archive = try folder.archive()
        let reader = try #require(try SQLiteArchive.openReadOnly(path: folder.file))
        #expect(reader.id == archive.id)
        try fill(archive, 0..<200)
        #expect(try reader.search("needle").count == 20)
        #expect(try reader.counts().queued == 200)
        try archive.database.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            // A writer in the middle of its work keeps nobody from reading.
            #expect(try reader.counts().queued == 200)
            try database.execute(sql: "ROLLBACK")
        }
        #expect(throws: ArchiveError.self) { try fill(reader, 200..<201) }
        try archive.tidy()
        #expect(try reader.search("needle").count == 20)
    }

    @Test func aReaderAloneMakesNoFile() throws {
        try {
            let archive = try folder.archive()
            try fill(archive, 0..<10)
            try archive.close()
        }()
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted()
        let reader = try #require(try SQLiteArchive.openReadOnly(path: folder.file))
        #expect(try reader.counts().queued == 10)
        try reader.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted() == before)
    }

    @Test(arguments: ["text", "zeros", "short"])
    func refusesAFileThatIsNoDatabase(kind: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/state", withIntermediateDirectories: true)
        let content =
            switch kind {
            case "text": Data(String(repeating: "this is not SQLite\n", count: 1000).utf8)
            case "zeros": Data(count: 8192)
            default: Data("SQLite format 3\0".utf8)
            }
        try content.write(to: URL(fileURLWithPath: folder.file))
        for open in [{ try SQLiteArchive.open(path: $0) }, { try SQLiteArchive.openReadOnly(path: $0) }]
            as [(String) throws -> SQLiteArchive?]
        {
            let error = #expect(throws: ArchiveError.self) { _ = try open(folder.file) }
            guard case .corrupt = error else { Issue.record("\(kind): \(String(describing: error))"); continue }
        }
    }

    @Test func refusesAnotherProgramsFile() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/state", withIntermediateDirectories: true)
        let other = try DatabaseQueue(path: folder.file)
        try other.write { try $0.execute(sql: "CREATE TABLE bookmarks (url TEXT)") }
        try other.close()
        let error = #expect(throws: ArchiveError.self) { try folder.archive() }
        guard case .rejected = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test func refusesANewerSchema() throws {
        try {
            let archive = try folder.archive()
            try archive.database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
            try archive.close()
        }()
        #expect(throws: ArchiveError.newer(schemaVersion: 99, known: 1)) { try folder.archive() }
        #expect(throws: ArchiveError.newer(schemaVersion: 99, known: 1)) {
            _ = try SQLiteArchive.openReadOnly(path: folder.file)
        }
    }

    @Test func refusesAFolderAndAMissingPermission() throws {
        try FileManager.default.createDirectory(atPath: folder.file, withIntermediateDirectories: true)
        let error = #expect(throws: ArchiveError.self) { try folder.archive() }
        guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
    }

    /// A database whose first pages are sound, but not all of the rest.
    private func corrupted(_ damage: (inout Data) -> Void) throws {
        let archive = try folder.archive()
        try fill(archive, 0..<500)
        let memories = try archive.queued(limit: 500, after: nil).map { episode in
            StoredMemory(
                episode: episode.id, memory: Samples.memory("Memory of \(episode.id)"), maker: Samples.maker,
                madeMilliseconds: 1)
        }
        _ = try archive.storeMemories(memories, nowMilliseconds: 1)
        try archive.tidy()
        try archive.close()
        var data = try Data(contentsOf: URL(fileURLWithPath: folder.file))
        damage(&data)
        try data.write(to: URL(fileURLWithPath: folder.file))
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func findsDamageInTheMiddle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try corrupted { data in
            for _ in 0..<10 {
                let start = Int.random(in: 8192..<data.count - 4096, using: &random) & ~4095
                for index in start..<start + 4096 { data[index] = UInt8.random(in: 0...255, using: &random) }
            }
        }
        let archive = try folder.archive()
        let error = #expect(throws: ArchiveError.self) { try archive.check() }
        guard case .corrupt = error else { Issue.record("\(String(describing: error))"); return }
        // Whatever is asked, it answers or throws: it never ends the process.
        _ = try? archive.search("needle")
        _ = try? archive.counts()
        _ = try? archive.backlog(limit: 100)
        try? archive.export { _ in }
        try archive.close()
        let salvage = TestFolder()
        let new = try salvage.archive(id: archive.id)
        let count = try SQLiteStore.salvage(from: folder.file, into: new, nowMilliseconds: 2)
        #expect(count.stored > 0)
        #expect(try new.counts().memories == count.stored)
        try new.check()
    }

    @Test func findsThatTheEndIsMissing() throws {
        try corrupted { $0.removeLast($0.count / 2) }
        do {
            let archive = try folder.archive()
            try archive.check()
            Issue.record("not found")
        } catch let error as ArchiveError {
            guard case .corrupt = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func aSoundFileIsSound() throws {
        let archive = try folder.archive()
        try fill(archive, 0..<100)
        try archive.check()
        try archive.tidy()
        try archive.check()
        #expect(try archive.search("needle").count == 20)
    }

    @Test func salvagesAllOfASoundFileWithItsWords() throws {
        try corrupted { _ in }
        let other = TestFolder()
        let new = try other.archive()
        let count = try SQLiteStore.salvage(from: folder.file, into: new, nowMilliseconds: 2)
        #expect(count == SalvageCount(stored: 500))
        #expect(try new.counts().places == [.finished(.memory): 500])
        #expect(
            try SQLiteStore.salvage(from: folder.file, into: new, nowMilliseconds: 2) == SalvageCount(already: 500))
        #expect(try SQLiteStore.salvage(from: "/nowhere/file", into: new, nowMilliseconds: 2) == SalvageCount())
    }

    @Test func aLostContentComesBackWithItsEpisode() throws {
        let archive = try folder.archive()
        let episode = Samples.episode([Samples.entry(1, .user, "needle")])
        var shell = episode
        shell.content = ""
        let imported = ImportedEpisode(
            episode: shell, place: .finished(.memory), damage: .lost,
            memory: StoredMemory(
                episode: episode.id, memory: Samples.memory(), maker: Samples.maker, madeMilliseconds: 1))
        _ = try archive.take(imported, nowMilliseconds: 1)
        #expect(try archive.show(episode.id)?.damage == "lost")
        #expect(try archive.ingest([episode], nowMilliseconds: 2) == [.known(.finished(.memory))])
        let shown = try #require(try archive.show(episode.id))
        #expect(shown.episode.content == episode.content && shown.damage.isEmpty && shown.memory != nil)
        #expect(try archive.search("needle").count == 1)
        #expect(try archive.ingest([episode], nowMilliseconds: 2) == [.known(.finished(.memory))])
    }

    @Test func aFullDiskUndoesAndGoesOnWithRoom() throws {
        let archive = try folder.archive()
        try fill(archive, 0..<100)
        let before = try archive.counts()
        try archive.limit(growth: 20)
        #expect(throws: ArchiveError.full) { try fill(archive, 100..<200) }
        #expect(try archive.counts().places == before.places)
        #expect(try archive.counts().entries == before.entries)
        #expect(try archive.search("needle").count == 20)
        try archive.limit(growth: 1 << 20)
        try fill(archive, 100..<200)
        #expect(try archive.counts().queued == 200)
        try archive.check()
    }

    @Test func mapsWhatSQLiteSaysToWhatCanBeDone() {
        func error(_ code: ResultCode) -> ArchiveError { ArchiveError(DatabaseError(resultCode: code)) }
        for code in [ResultCode.SQLITE_BUSY, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_IOERR] {
            guard case .unavailable = error(code) else { Issue.record("\(code)"); continue }
        }
        for code in [ResultCode.SQLITE_CORRUPT, .SQLITE_NOTADB] {
            guard case .corrupt = error(code) else { Issue.record("\(code)"); continue }
        }
        #expect(error(.SQLITE_FULL) == .full)
        guard case .rejected = error(.SQLITE_CONSTRAINT) else { Issue.record("constraint"); return }
    }
}

extension SQLiteArchive {
    /// Lets the file grow by so many pages and no more: a full disk, as SQLite sees it.
    fileprivate func limit(growth: Int) throws {
        try database.writeWithoutTransaction { database in
            let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(count + growth)")
        }
    }
}
