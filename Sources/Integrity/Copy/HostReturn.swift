internal import Domain
internal import Glibc
internal import Platform
package import SecondCopy
package import Settings
internal import Storage
internal import Transcripts

/// Where a second copy comes back to: a host that has nothing yet, or one that lost something. What is there stays; what comes
/// counts when it is whole.
package actor HostReturn: CopySink {
    private let settings: Settings
    private let folder: String
    private var isKnown: Set<String> = []
    private var imports: [String] = []
    /// By kind, how many came back.
    package private(set) var counts: [String: Int] = [:]

    package init(_ settings: Settings) throws(CopyError) {
        self.settings = settings
        folder = settings.state.copy + "/back"
        do throws(FileError) {
            try settings.state.prepare()
            try Files.makeFolder(folder)
        } catch {
            throw CopyError(error)
        }
        isKnown = Set(
            ((try? Files.read(folder + "/done", limit: 64 << 20)) ?? "").split(separator: "\n").map(String.init))
    }

    /// What came back from a copy and is to be gone on from, by name.
    static func bases(_ state: StateFolder) -> [ItemName: String] {
        let text = (try? Files.read(state.copy + "/back/done", limit: 64 << 20)) ?? ""
        var bases: [ItemName: String] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let kind = CopyKind(rawValue: words[0]) else { continue }
            bases[ItemName(kind, words[1])] = words[2]
        }
        return bases
    }

    private func mark(_ item: ClonedItem) -> String { "\(item.item) \(item.digest)" }
    private func draft(_ item: ClonedItem) -> String { "\(folder)/\(Checksum.fnv1a(mark(item)).hexadecimal).part" }

    package func wants(_ item: ClonedItem) throws(CopyError) -> Bool {
        Files.remove(draft(item))
        return !isKnown.contains(mark(item))
    }

    package func take(_ bytes: [UInt8], of item: ClonedItem) throws(CopyError) {
        do throws(FileError) { try Files.add(bytes[...], to: draft(item)) } catch { throw CopyError(error) }
    }

    package func finish(_ item: ClonedItem) throws(CopyError) {
        do {
            // An empty one was never taken.
            if !Files.exists(draft(item)) { try Files.create(draft(item)) }
            try place(item)
            counts[item.item.kind.rawValue, default: 0] += 1
            isKnown.insert(mark(item))
            try Files.add(mark(item) + "\n", to: folder + "/done")
        } catch let error as FileError {
            throw CopyError(error)
        } catch {
            throw .unavailable(reason: "\(item.item) cannot be put back: \(error)")
        }
    }

    package func drop(_ item: ClonedItem, because error: CopyError) { Files.remove(draft(item)) }

    private func place(_ item: ClonedItem) throws {
        let state = settings.state, part = draft(item)
        let name = String(item.item.name.split(separator: "/").last ?? "")
        guard !name.isEmpty, !name.hasPrefix(".") else { return Files.remove(part) }
        switch item.item.kind {
        case .vault: try move(part, to: freePack())
        case .archive:
            let place = "\(folder)/import"
            try Files.makeFolder(place)
            let path = "\(place)/\(HostClock.wallMilliseconds)-\(Checksum.fnv1a(mark(item)).hexadecimal).jsonl"
            try move(part, to: path)
        case .conversation: try keep(part, below: "\(folder)/conversations", as: name, item)
        case .binding: try moveIfMissing(part, to: "\(state.bindings)/\(name)")
        case .tombstone:
            let text = try Files.read(part, limit: 1 << 28)
            if let session = SessionID(rawValue: name), let tombstone = Tombstone(of: session, text: text) {
                try Tombstones(state).add(tombstone)
            }
            Files.remove(part)
        case .checkpoint: try moveIfMissing(part, to: "\(state.checkpoints)/\(name)")
        case .block: try moveIfMissing(part, to: BlockStore(folder: state.checkpoints + "/blocks").file(name))
        default:
            try keep(
                part, below: "\(folder)/\(item.item.kind.rawValue)", as: item.item.name.replacing("/", with: "_"), item)
        }
    }

    /// One beside another gets a name of its own.
    private func keep(_ part: String, below place: String, as name: String, _ item: ClonedItem) throws {
        try move(part, to: "\(place)/\(item.isBeside ? "\(item.digest.prefix(8))-" : "")\(name)")
    }

    private func move(_ part: String, to path: String) throws {
        if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
        guard Files.rename(part, to: path) else { throw FileError(path: path, number: errno) }
    }

    private func moveIfMissing(_ part: String, to path: String) throws {
        if Files.exists(path) { Files.remove(part) } else { try move(part, to: path) }
    }

    /// Packs say themselves what they hold: their numbers are this host's.
    private func freePack() throws(FileError) -> String {
        let packs = settings.state.vault + "/packs"
        try Files.makeFolder(packs)
        let last = try Files.names(in: packs).compactMap { Int64($0.prefix { $0 != "." }) }.max() ?? 0
        return "\(packs)/\(String(UInt64(last + 1), digits: 8, radix: 10)).pack"
    }

    /// All came that will: what the archive said is handed to who writes it, and the vault's index is made anew from its packs.
    /// - Returns: the files of conversations, for Redis.
    package func end() throws -> [String] {
        let state = settings.state, waiting = folder + "/import"
        if counts["vault"] ?? 0 > 0 {
            for end in ["", "-wal", "-shm"] { Files.remove("\(state.vault)/index.sqlite\(end)") }
            try VaultForgetting.run(settings)
        }
        if Files.exists(waiting) {
            try Files.makeFolder(state.imports)
            for name in try Files.names(in: waiting).sorted() {
                try move("\(waiting)/\(name)", to: "\(state.imports)/\(name)")
            }
        }
        let said = folder + "/conversations"
        return Files.exists(said) ? try Files.names(in: said).sorted().map { "\(said)/\($0)" } : []
    }
}
