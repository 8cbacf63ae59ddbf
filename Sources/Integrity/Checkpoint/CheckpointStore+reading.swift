internal import Archive
package import Domain
internal import Platform
package import Redis
package import Storage

extension CheckpointStore {
    /// A key as a dump has it; nil where it has none.
    package func dumpedKey(_ key: RedisKey, in file: CheckpointFile) throws -> DumpedKey? {
        var found: DumpedKey?
        try lines(of: file) { line in
            guard found == nil, let dumped = DumpedKey(json: line), dumped.key == key else { return }
            found = dumped
        }
        return found
    }

    /// Each line of a file.
    func lines(of file: CheckpointFile, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var rest: [UInt8] = []
        try read(file) { block in
            rest += block
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try body(rest[start..<end])
                start = end + 1
            }
            rest.removeFirst(start)
        }
    }

    /// A checkpoint's archive, unpacked to be read.
    package struct UnpackedArchive {
        let folder: String
        let archive: any ArchiveReading

        /// What was said in a session.
        package func entries(ofSession session: String) throws -> [EpisodeEntry] {
            try archive.entries(ofSession: session, limit: 2000)
        }

        package func remove() {
            // It is read from nowhere then.
            try? archive.close()
            Files.removeFolder(folder)
        }
    }

    /// - Returns: nil where the checkpoint has none.
    package func openArchive(of id: String) throws -> UnpackedArchive? {
        guard let part = try checkpoint(id).archive else { return nil }
        let own = "\(folder)/reading-\(HostClock.wallMilliseconds)", copy = own + "/archive.sqlite"
        try Files.makeFolder(own)
        do {
            try Files.create(copy)
            try read(part.file) { try Files.add($0[...], to: copy) }
            guard let archive = try ArchiveStores.at(copy).openToRead() else {
                Files.removeFolder(own)
                return nil
            }
            return UnpackedArchive(folder: own, archive: archive)
        } catch {
            Files.removeFolder(own)
            throw error
        }
    }

    /// Takes away the checkpoints that cannot be restored, and the blocks that are not what was kept. What cannot be read now, or
    /// is of a newer form, is not known to be damaged, and stays.
    /// - Returns: false where another makes or restores a checkpoint, and nothing was done.
    @discardableResult
    package func removeDamaged() throws -> Bool {
        let isDone: Bool? = try exclusively {
            for digest in try blocks.digests() {
                do throws(IntegrityError) {
                    _ = try blocks.block(digest)
                } catch {
                    if case .damaged = error { blocks.remove(digest) }
                }
            }
            let there = try blocks.digests()
            for id in try ids() {
                do throws(IntegrityError) {
                    if try !checkpoint(id).blocks.isSubset(of: there) { Files.remove(file(id)) }
                } catch {
                    if case .damaged = error { Files.remove(file(id)) }
                }
            }
            return true
        }
        return isDone ?? false
    }
}
