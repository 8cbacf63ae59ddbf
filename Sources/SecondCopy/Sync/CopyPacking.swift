/// Reads what a copy lacks, packs it and stores the packs, one in memory at a time.
struct CopyPacking {
    let seal: Seal
    let source: any CopySource
    let transport: any CopyTransport
    /// Where this host has stored what has a digest already.
    var stored: [String: [ItemPart]]
    private let mostParts: Int

    private var packer: ObjectPacker
    private var drafts: [Draft] = []
    /// By the number of the pack.
    private var names: [String] = []
    private(set) var objects: [StoredObject] = []
    /// Of items, bytes.
    private(set) var sentBytes: Int64 = 0
    private(set) var restless: Set<ItemName> = []

    /// A change whose packs may not be named yet.
    private struct Draft {
        var change: ItemChange
        var places: [ObjectPacker.Place] = []
    }

    init(
        _ seal: Seal, _ source: any CopySource, _ transport: any CopyTransport, _ options: SyncOptions,
        stored: [String: [ItemPart]]
    ) {
        self.seal = seal
        self.source = source
        self.transport = transport
        self.stored = stored
        mostParts = options.mostParts
        packer = ObjectPacker(limit: options.objectLimit)
    }

    var count: Int { drafts.count }

    /// Of an item, bytes that are read at a time.
    private static let piece: Int64 = 8 << 20

    mutating func add(_ lack: CopyPlan.Lack) async throws(CopyError) {
        if let alone = lack.item.alone {
            var draft = draft(of: lack, continues: false)
            (draft.change.digest, draft.change.parts) = (alone.digest, alone.parts)
            return drafts.append(draft)
        }
        do throws(Stop) {
            if try await addTail(lack) { return }
            // It may have been damaged before it grew: what is stored of it is then all that is whole.
            if lack.known != nil, lack.item.nature == .growing, await !source.isSound(lack.item) { throw .restless }
            try await addWhole(lack)
        } catch {
            switch error {
            case .restless: restless.insert(lack.item.item)
            case .failed(let error): throw error
            }
        }
    }

    mutating func remove(_ item: ItemName, _ version: ItemVersion, at nowMilliseconds: Int64) {
        drafts.append(
            Draft(
                change: ItemChange(
                    kind: item.kind, name: item.name, nature: version.nature, revision: "", digest: "", bytes: 0,
                    changedMilliseconds: nowMilliseconds, bases: [version.digest], continues: false, parts: [])))
    }

    /// Stores the last pack.
    mutating func finish() async throws(CopyError) -> [ItemChange] {
        if let pack = packer.finish() { try await store(pack) }
        return drafts.map { draft in
            var change = draft.change
            change.parts += draft.places.map { place in
                ItemPart(object: names[place.pack], offset: place.offset, length: place.length)
            }
            return change
        }
    }

    private enum Stop: Error {
        /// It became shorter while it was read, or is not what was written: it is looked at again in the next round.
        case restless
        case failed(CopyError)
    }

    /// What was added to an item whose beginning is known.
    /// - Returns: false where its beginning is another now, or lies in too many places.
    private mutating func addTail(_ lack: CopyPlan.Lack) async throws(Stop) -> Bool {
        let item = lack.item
        guard item.nature == .growing, let known = lack.known, item.bytes >= known.bytes,
            known.parts?.count ?? 0 < mostParts
        else { return false }
        var digest = ContentDigest()
        // All of it is read to send its end: what was sent must be known to be still its beginning, and the digest is of the
        // whole.
        for range in Self.pieces(0..<known.bytes) { digest.add(try await bytes(of: item, in: range)) }
        guard digest.text == known.digest else { return false }
        var draft = draft(of: lack, continues: true)
        for range in Self.pieces(known.bytes..<item.bytes) {
            let bytes = try await bytes(of: item, in: range)
            digest.add(bytes)
            try await pack(bytes, for: &draft)
        }
        draft.change.bases = [known.digest]
        draft.change.digest = digest.text
        drafts.append(draft)
        return true
    }

    private mutating func addWhole(_ lack: CopyPlan.Lack) async throws(Stop) {
        let item = lack.item
        var draft = draft(of: lack, continues: false)
        if item.bytes <= Self.piece {
            let bytes = try await bytes(of: item, in: 0..<item.bytes)
            draft.change.digest = ContentDigest.text(of: bytes)
            if let known = lack.known, known.digest == draft.change.digest {
                // Touched, and the same as before.
                (draft.change.continues, draft.change.bases) = (true, [known.digest])
            } else if let parts = stored[draft.change.digest] {
                draft.change.parts = parts
            } else {
                try await pack(bytes, for: &draft)
            }
        } else {
            var digest = ContentDigest()
            for range in Self.pieces(0..<item.bytes) {
                let bytes = try await bytes(of: item, in: range)
                digest.add(bytes)
                try await pack(bytes, for: &draft)
            }
            draft.change.digest = digest.text
        }
        drafts.append(draft)
    }

    private func draft(of lack: CopyPlan.Lack, continues: Bool) -> Draft {
        let item = lack.item
        return Draft(
            change: ItemChange(
                kind: item.item.kind, name: item.item.name, nature: item.nature, revision: item.revision, digest: "",
                bytes: item.bytes, changedMilliseconds: item.changedMilliseconds, bases: lack.base.map { [$0] } ?? [],
                continues: continues, parts: []))
    }

    private static func pieces(_ range: Range<Int64>) -> [Range<Int64>] {
        stride(from: range.lowerBound, to: range.upperBound, by: Int(piece)).map {
            $0..<min($0 + piece, range.upperBound)
        }
    }

    private func bytes(of item: CopyItem, in range: Range<Int64>) async throws(Stop) -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let bytes: [UInt8]
        do throws(CopyError) { bytes = try await source.bytes(of: item, in: range) } catch { throw .failed(error) }
        guard bytes.count == range.count else { throw .restless }
        return bytes
    }

    private mutating func pack(_ bytes: [UInt8], for draft: inout Draft) async throws(Stop) {
        let (places, full) = packer.add(bytes)
        draft.places += places
        sentBytes += Int64(bytes.count)
        do throws(CopyError) { for pack in full { try await store(pack) } } catch { throw .failed(error) }
    }

    private mutating func store(_ pack: [UInt8]) async throws(CopyError) {
        let file = try seal.closed(pack)
        try await transport.store(.object(file.name), file.bytes)
        names.append(file.name)
        objects.append(StoredObject(name: file.name, bytes: Int64(file.bytes.count)))
    }
}
