internal import Compression
package import Domain
package import Transcripts

extension Vault {
    /// Writes all that is kept of a session as a compressed tar archive: whoever unpacks it has the files.
    /// - Throws: `damaged` where something of it cannot be read; then what was written is no whole archive.
    package func export(
        _ session: KeptSession, to write: ([UInt8]) throws(VaultError) -> Void
    ) throws(VaultError) {
        // Dated by what is in it: of the same session the same bytes.
        let time = session.lastMilliseconds
        func put(_ bytes: [UInt8]) throws(VaultError) { try write(Zstandard.compressed(bytes)) }
        let manifest: [UInt8]
        do {
            manifest = Array(try JSONValue(encoding: SessionManifest(session)).text.utf8)
        } catch {
            throw .rejected(reason: "session \(session.id) cannot be exported: \(error)")
        }
        try put(Self.entry(SessionManifest.name, manifest, time))
        for file in session.files {
            try put(TarHeader(name: file.name, size: file.keptBytes).blocks(milliseconds: time))
            for segment in file.segments { try put(try content(of: segment)) }
            try put([UInt8](repeating: 0, count: TarHeader.padding(after: file.keptBytes)))
        }
        try put([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
    }

    private static func entry(_ name: String, _ bytes: [UInt8], _ now: Int64) -> [UInt8] {
        TarHeader(name: name, size: Int64(bytes.count)).blocks(milliseconds: now) + bytes
            + [UInt8](repeating: 0, count: TarHeader.padding(after: Int64(bytes.count)))
    }

    private static let manifestLimit: Int64 = 64 << 20

    /// Takes in what `export` wrote, here or elsewhere. Taken twice it adds nothing more; what differs from what is here stands
    /// beside it.
    /// - Parameters:
    ///   - source: the next piece of the archive; empty at the end.
    ///   - exclusions: what is forgotten of a session; asked again with the lock before anything is kept, since an import
    ///     may take long and somebody forget meanwhile.
    /// - Throws: `rejected` also for a session that is forgotten.
    package func takeIn(
        _ source: @escaping () throws(VaultError) -> [UInt8], now: Int64,
        without exclusions: (SessionID) throws(VaultError) -> Exclusions
    ) throws(VaultError) -> ImportedSession {
        let stream = ZstandardReader(
            source, damaged: VaultError.rejected(reason: "this is no zstd stream, or it is damaged"))
        var tar = TarReader { count throws(VaultError) in try stream.read(count) }
        guard let first = try tar.header(), first.name == SessionManifest.name, first.size <= Self.manifestLimit else {
            throw .rejected(
                reason: "the archive does not begin with \(SessionManifest.name): 'holdfast vault export' writes one")
        }
        let text = String(decoding: try tar.content(atMost: Int(first.size)), as: UTF8.self)
        let manifest = try SessionManifest(text: text)
        let (session, left) = try manifest.check()
        func allowed() throws(VaultError) -> Exclusions {
            let forgotten = try exclusions(session)
            guard !forgotten.isForgotten else {
                throw .rejected(
                    reason: "session \(session) is forgotten here, and nothing of it is taken in ('holdfast forget')")
            }
            return forgotten
        }
        _ = try allowed()
        var imported = ImportedSession(session: session, left: left)
        for file in manifest.files {
            guard let header = try tar.header(), header.name == file.name else {
                throw .rejected(reason: "\(file.name) does not follow in the archive, as its head says")
            }
            // The next header is looked for behind its content.
            if left[file.name] != nil { continue }
            imported.bytes += try takeIn(file, of: session, &tar, now, allowed)
            imported.files += 1
        }
        return imported
    }

    private func takeIn(
        _ file: SessionManifest.File, of session: SessionID, _ tar: inout TarReader, _ now: Int64,
        _ exclusions: () throws(VaultError) -> Exclusions
    ) throws(VaultError) -> Int64 {
        var bytes: Int64 = 0
        var before = Cursor(tailHash: Digest.hexadecimal([]))
        for segment in file.segments {
            let content = try tar.content(atMost: segment.kept)
            guard content.count == segment.kept, Digest.hexadecimal(content) == segment.sha256 else {
                throw .rejected(
                    reason: "\(file.name) in the archive is not what was exported, from byte \(segment.from) on")
            }
            if before.offset != segment.from { before = Cursor(offset: segment.from) }
            let end = Cursor(offset: segment.to, tailHash: segment.tail)
            var part = Intake.Part(
                session: session, name: file.name, path: file.path, configDirectory: file.configDirectory,
                host: file.host, from: before, to: end, cuts: segment.cuts)
            part.place = .init(cwd: file.cwd, branch: file.branch, commit: file.commit)
            let source = TranscriptSources.standard.source(of: file.configDirectory)
            bytes += try take(part, now: now) { () throws(VaultError) in
                // Tombstones are written before the vault is cleared: what is committed before one stands is found and goes.
                try KeptBytes(bytes: content, cuts: part.cuts)
                    .remaining(of: part.name, part.from..<part.to, by: source, exclusions())
            }
            before = end
        }
        return bytes
    }
}
