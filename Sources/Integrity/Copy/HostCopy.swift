package import Archive
internal import Domain
internal import Glibc
package import Platform
package import Redis
package import SecondCopy
package import Settings
internal import Storage
internal import Transcripts
internal import Vault

/// What of this host has a second copy: packs of the vault, changes of the archive, conversations, bindings, tombstones,
/// checkpoints with their blocks, the configuration. All of it lies in files, so that to look what changed reads none.
package struct HostCopy: Sendable {
    private let settings: Settings
    private let host: String
    package let changes: ArchiveChanges

    /// - Parameter limit: of a file of changes, bytes.
    package init(settings: Settings, host: String, limit: Int64 = ArchiveChanges.limit) {
        self.settings = settings
        self.host = host
        changes = ArchiveChanges(folder: settings.state.copy + "/changes", limit: limit)
    }

    private var state: StateFolder { settings.state }
    private var conversations: String { state.copy + "/conversations" }
    /// There until all that is no longer kept here has gone from the copy, too.
    private var forgettingFile: String { Self.forgettingFile(state) }
    private static func forgettingFile(_ state: StateFolder) -> String { state.copy + "/forgetting" }

    /// Puts into files what lies elsewhere: what changed in the archive, and conversations.
    /// - Parameter connection: nil where Redis is away: then conversations stay as they were.
    package func gather(_ archive: (any ArchiveReading)?, over connection: inout RedisConnection?, now: Int64) throws {
        try Files.makeFolder(state.copy)
        if let archive { try changes.gather(from: archive, now: now) }
        guard connection != nil else { return }
        try Files.makeFolder(conversations)
        var there: Set<String> = []
        try connection?.conversations(of: settings.keys) { key, dumped in
            // Its end moves with each message; a copy says what was said.
            let line = DumpedKey(dumped.key, dumped.value).json
            let name = Checksum.fnv1a(key.rawValue).hexadecimal + ".json"
            there.insert(name)
            let path = "\(conversations)/\(name)"
            if (try? Files.read(path, limit: 8 << 20)) != line { try Files.write(line, to: path, isSynced: true) }
        }
        for name in try Files.names(in: conversations) where !there.contains(name) {
            Files.remove("\(conversations)/\(name)")
        }
    }

    /// What is forgotten here is to go from the copy.
    package func forget() throws {
        guard Files.exists(state.copy) else { return }
        try changes.beginAnew()
        Files.removeFolder(conversations)
        Files.removeFolder(state.copy + "/back")
        CopyFetch.removeAll(in: state)
        // Another each time: a round that has begun has seen to what was forgotten before it.
        let mark = "\(HostClock.wallMilliseconds) \(UInt32.random(in: 0...UInt32.max))"
        try Files.write(mark, to: forgettingFile, isSynced: true)
    }

    /// Whether something is to go from the copy that went here.
    package var isForgetting: Bool { Self.isForgetting(state) }
    package static func isForgetting(_ state: StateFolder) -> Bool { Files.exists(forgettingFile(state)) }

    /// Names what is to go now; nil where nothing is.
    package var forgettingMark: String? { try? Files.read(forgettingFile) }

    /// It has gone. What was forgotten since has not.
    package func hasForgotten(_ mark: String) { if forgettingMark == mark { Files.remove(forgettingFile) } }

    /// Files of this host that hold words which are copied.
    package var ownFiles: [String] {
        [state.copy + "/changes", conversations, state.copy + "/back"].flatMap(Self.files(below:))
    }

    private static func files(below folder: String) -> [String] {
        ((try? Files.names(in: folder)) ?? []).sorted().flatMap { name in
            let path = "\(folder)/\(name)"
            guard let mode = try? Files.status(path, followingLinks: false).st_mode & S_IFMT else { return [String]() }
            return mode == S_IFDIR ? files(below: path) : mode == S_IFREG ? [path] : []
        }
    }
}

extension HostCopy: CopySource {
    private struct Place {
        var item: CopyItem
        var path: String
    }

    private var damagedPacks: Set<String> {
        // A vault that cannot be read now tells of none.
        let damaged = (try? Vault.openIfThere(settings)?.damaged()) ?? []
        return Set(damaged.map { String($0.segment.prefix { $0 != "," }) })
    }

    /// By which a file is known to be as it was.
    static func revision(_ status: stat) -> String {
        "\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    private func places() throws(FileError) -> [Place] {
        var places: [Place] = []
        func add(_ kind: CopyKind, _ name: String, _ nature: CopyNature, _ path: String) {
            // What is gone by now is none.
            guard let status = try? Files.status(path, followingLinks: false), status.st_mode & S_IFMT == S_IFREG else {
                return
            }
            let time = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
            places.append(
                Place(
                    item: CopyItem(
                        kind, name, nature, bytes: Int64(status.st_size),
                        revision: Self.revision(status),
                        changedMilliseconds: time), path: path))
        }
        func addAll(
            _ folder: String, _ kind: CopyKind, _ nature: CopyNature, ending: String = "", but left: Set<String> = [],
            named: (String) -> String
        ) throws(FileError) {
            guard Files.exists(folder) else { return }
            for name in try Files.names(in: folder).sorted()
            where name.hasSuffix(ending) && !left.contains(name) && !name.hasPrefix(".") && Files.draft(name) == nil {
                add(kind, named(name), nature, "\(folder)/\(name)")
            }
        }
        let tier = VaultTier(vault: state.vault)
        for name in tier.leavingNames { add(.vault, "\(host)/\(name)", .immutable, tier.leavingFile(name)) }
        // One that is known to be damaged stays there as it was.
        let damaged = damagedPacks
        try addAll(state.vault + "/packs", .vault, .growing, ending: ".pack", but: damaged) { "\(host)/\($0)" }
        for name in changes.names {
            guard let packed = PackedFile.parts(of: name) else {
                add(.archive, "\(host)/\(name)", .growing, "\(state.copy)/changes/\(name)")
                continue
            }
            let (bytes, changed) = PackedFile.place(ofRevision: packed.revision)
            places.append(
                Place(
                    item: CopyItem(
                        .archive, "\(host)/\(packed.name)", .growing, bytes: bytes, revision: packed.revision,
                        changedMilliseconds: changed), path: "\(state.copy)/changes/\(name)"))
        }
        try addAll(conversations, .conversation, .replaced, ending: ".json") { $0 }
        try addAll(state.bindings, .binding, .replaced, ending: ".json") { $0 }
        try addAll(state.forgotten, .tombstone, .replaced) { $0 }
        try addAll(state.checkpoints, .checkpoint, .immutable, ending: ".json") { "\(host)/\($0)" }
        let blocks = BlockStore(folder: state.checkpoints + "/blocks")
        for digest in try blocks.digests().sorted() { add(.block, digest, .immutable, blocks.file(digest)) }
        for name in Settings.configurationNames {
            add(.settings, "\(host)/\(name)", .replaced, "\(settings.configFolder)/\(name)")
        }
        return places
    }

    private static let forgettable: Set<CopyKind> = [
        .vault, .archive, .conversation, .binding, .checkpoint, .block,
    ]

    /// Kinds of which nobody can say now what there is: what of them is not here may be anywhere.
    package var unknownKinds: Set<CopyKind> {
        var unknown: Set<CopyKind> = []
        if !changes.isGathered { unknown.insert(.archive) }
        if !Files.exists(conversations) { unknown.insert(.conversation) }
        if !Files.exists(state.bindings) { unknown.insert(.binding) }
        let vault = try? Vault.openIfThere(settings)
        if (try? vault?.missingPacks().isEmpty) != true || vault?.remade != nil { unknown.insert(.vault) }
        return unknown
    }

    /// Sessions that a vault which was nearly full passed on to this copy.
    private var away: [CopyItem] {
        let tombstones = Tombstones(state)
        return VaultTier(vault: state.vault).passedOn.compactMap { name, session in
            guard session.url == settings.configuration.remote.url,
                (try? tombstones.isWhole(session.session)) != true
            else { return nil }
            let parts = session.parts.map { ItemPart(object: $0.object, offset: $0.offset, length: $0.length) }
            return CopyItem(
                .vault, "\(host)/\(name)", .immutable, bytes: session.bytes, revision: session.revision,
                changedMilliseconds: session.changedMilliseconds,
                alone: CopyItem.Alone(digest: session.digest, parts: parts))
        }
    }

    private var removingFile: String { state.copy + "/removing" }

    /// Packs of this host that are to go from the copy.
    package var removing: Set<ItemName> {
        let text = (try? Files.read(removingFile, limit: 16 << 20)) ?? ""
        return Set(text.split(separator: "\n").map { ItemName(.vault, "\(host)/\($0)") })
    }

    /// What was packed for the copy and is not to be there.
    package func remove(_ names: [String]) throws(FileError) {
        guard !names.isEmpty, Files.exists(state.copy) else { return }
        try Files.add(names.map { $0 + "\n" }.joined(), to: removingFile)
    }

    /// They have gone.
    package func hasRemoved(_ items: Set<ItemName>) {
        guard !items.isEmpty else { return }
        let left = removing.subtracting(items).compactMap { $0.name.split(separator: "/").last.map(String.init) }
        if left.isEmpty { return Files.remove(removingFile) }
        try? Files.write(left.sorted().map { $0 + "\n" }.joined(), to: removingFile, isSynced: true)
    }

    package func inventory() async throws(CopyError) -> CopyInventory {
        do throws(FileError) {
            // What is pruned here for want of room stays in the copy; what is forgotten does not.
            let complete = isForgetting ? Self.forgettable.subtracting(unknownKinds) : [.checkpoint, .block]
            let tombstones = Tombstones(state)
            return CopyInventory(
                try places().map(\.item) + away, completeKinds: complete, bases: HostReturn.bases(settings.state)
            ) { item in
                // A session that was passed on goes with its tombstone, and for nothing that is missing here.
                guard item.kind == .vault, let own = item.name.split(separator: "/").last,
                    let session = VaultTier.session(of: String(own))
                else { return false }
                return (try? tombstones.isWhole(session)) != true
            }
        } catch {
            throw CopyError(error)
        }
    }

    package func bytes(of item: CopyItem, in range: Range<Int64>) async throws(CopyError) -> [UInt8] {
        do throws(FileError) {
            let path = path(of: item.item)
            guard let path else { return [] }
            if item.item.kind == .archive, !Files.exists(path) { return try packed(item, range) }
            return try FileRange.bytes(path, range)
        } catch {
            if error.isMissing { return [] }
            throw CopyError(error)
        }
    }

    package func isSound(_ item: CopyItem) async -> Bool {
        guard item.item.kind == .vault else { return true }
        // A vault that cannot be read now vouches for nothing. What is damaged is marked by this, and left out from then on.
        guard let vault = try? Vault.openIfThere(settings), let check = try? vault.verify() else { return false }
        let own = item.item.name.split(separator: "/").last ?? ""
        return !check.damaged.contains { $0.segment.prefix { $0 != "," } == own }
    }

    private func packed(_ item: CopyItem, _ range: Range<Int64>) throws(FileError) -> [UInt8] {
        let own = item.item.name.split(separator: "/").last.map(String.init) ?? ""
        guard let name = changes.names.first(where: { PackedFile.parts(of: $0)?.name == own }) else { return [] }
        guard let content = PackedFile.content(of: "\(state.copy)/changes/\(name)") else {
            // What it said, the archive says: all is told anew.
            do { try changes.beginAnew() } catch { throw FileError(path: name, number: EIO) }
            return []
        }
        return Array(
            content[Int(min(range.lowerBound, Int64(content.count)))..<Int(min(range.upperBound, Int64(content.count)))]
        )
    }

    private func path(of item: ItemName) -> String? {
        let own = item.name.hasPrefix(host + "/") ? String(item.name.dropFirst(host.count + 1)) : item.name
        guard !own.contains("/") else { return nil }
        switch item.kind {
        case .vault:
            return VaultTier.session(of: own) == nil
                ? "\(state.vault)/packs/\(own)" : VaultTier(vault: state.vault).leavingFile(own)
        case .archive: return "\(state.copy)/changes/\(own)"
        case .conversation: return "\(conversations)/\(own)"
        case .binding: return "\(state.bindings)/\(own)"
        case .tombstone: return "\(state.forgotten)/\(own)"
        case .checkpoint: return "\(state.checkpoints)/\(own)"
        case .block: return BlockStore(folder: state.checkpoints + "/blocks").file(own)
        case .settings: return "\(settings.configFolder)/\(own)"
        default: return nil
        }
    }
}
