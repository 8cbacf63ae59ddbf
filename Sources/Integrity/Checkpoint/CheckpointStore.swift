package import Domain
internal import Glibc
package import Platform
package import Settings

/// The checkpoints of a state folder: `checkpoints/<id>.json`, and the blocks that they share.
package struct CheckpointStore: Sendable {
    package let folder: String
    package let blocks: BlockStore

    package init(_ state: StateFolder) {
        folder = state.checkpoints
        blocks = BlockStore(folder: state.checkpoints + "/blocks")
    }

    /// Runs `body` while nobody else makes, prunes or restores one.
    /// - Returns: nil where somebody does.
    package func exclusively<Answer>(_ body: () throws -> Answer) throws -> Answer? {
        try Files.makeFolder(folder)
        guard let lock = try FileLock.take(folder + "/lock") else { return nil }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    /// Their IDs, the latest first.
    package func ids() throws(FileError) -> [String] {
        guard Files.exists(folder) else { return [] }
        return try Files.names(in: folder).filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }
            .map { String($0.dropLast(Self.suffix.count)) }.sorted(by: >)
    }
    private static let suffix = ".json"

    package func file(_ id: String) -> String { "\(folder)/\(id)\(Self.suffix)" }

    /// - Parameter id: whole, or its first characters where only one begins so.
    package func checkpoint(_ id: String) throws(IntegrityError) -> Checkpoint {
        let found: [String]
        do throws(FileError) { found = try ids().filter { $0.hasPrefix(id) } } catch { throw IntegrityError(error) }
        guard !id.isEmpty, let first = found.first else { throw .none(id: id) }
        guard found.count == 1 || found.contains(id) else { throw .several(id: id, ids: found) }
        let name = found.contains(id) ? id : first
        let text: String
        do throws(FileError) { text = try Files.read(file(name), limit: 256 << 20) } catch {
            throw IntegrityError(error)
        }
        let lines = text.split(separator: "\n", maxSplits: 1)
        guard lines.count == 2, String(lines[0]) == BlockStore.digest(Array(lines[1].utf8)) else {
            throw .damaged(thing: "the manifest of checkpoint \(name)", reason: "it is not what was written")
        }
        guard let json = try? JSONValue(parsing: String(lines[1])) else {
            throw .damaged(thing: "the manifest of checkpoint \(name)", reason: "it is no JSON")
        }
        if case .object(let members) = json, let form = members["form"]?.wholeNumber, form > Checkpoint.form {
            throw .newer(version: Int(form), known: Checkpoint.form)
        }
        guard let checkpoint = try? json.decode(Checkpoint.self) else {
            throw .damaged(thing: "the manifest of checkpoint \(name)", reason: "something is missing in it")
        }
        return checkpoint
    }

    /// Notes a checkpoint whose blocks are all there: from now on there is one.
    func note(_ checkpoint: Checkpoint) throws {
        let text = try JSONValue(encoding: checkpoint).text
        try Files.write(BlockStore.digest(Array(text.utf8)) + "\n" + text, to: file(checkpoint.id), isSynced: true)
        Files.sync(folder)
    }

    /// The content of a file, block by block.
    package func read(_ file: CheckpointFile, _ body: ([UInt8]) throws -> Void) throws {
        for digest in file.blocks { try body(try blocks.block(digest)) }
    }

    package func bytes(of file: CheckpointFile) throws -> [UInt8] {
        var all: [UInt8] = []
        try read(file) { all += $0 }
        return all
    }

    /// Takes away those that need not stay, and the blocks that none of the others has.
    /// - Returns: the IDs of those that went.
    @discardableResult
    package func prune(_ retention: CheckpointRetention = CheckpointRetention(), now: Int64) throws -> [String] {
        var known: [String: Checkpoint] = [:]
        var unreadable: [String] = []
        for id in try ids() {
            // One that cannot be read names its blocks to nobody: they stay, or another would lose them.
            do throws(IntegrityError) { known[id] = try checkpoint(id) } catch { unreadable.append(id) }
        }
        let kept = retention.kept(known.values.map(\.made_ms))
        let gone = known.values.filter { kept[$0.made_ms] == nil && !Self.isProtected($0, now) }.map(\.id).sorted()
        for id in gone { Files.remove(file(id)) }
        if unreadable.isEmpty { try sweep(known.values.filter { !gone.contains($0.id) }) }
        return gone
    }

    /// What a restore put aside, for a week, ms.
    private static let protection: Int64 = 7 * 86_400_000

    private static func isProtected(_ checkpoint: Checkpoint, _ now: Int64) -> Bool {
        checkpoint.reason == .before_restore && now - checkpoint.made_ms < protection
    }

    private func sweep(_ checkpoints: [Checkpoint]) throws(FileError) {
        let named = checkpoints.reduce(into: Set<String>()) { $0.formUnion($1.blocks) }
        for digest in try blocks.digests().subtracting(named) { blocks.remove(digest) }
    }

    /// Takes all of them away: what they hold is to be forgotten.
    package func removeAll() throws(FileError) {
        for id in try ids() { Files.remove(file(id)) }
        try sweep([])
    }
}
