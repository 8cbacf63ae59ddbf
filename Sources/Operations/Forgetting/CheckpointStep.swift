internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Settings

/// Checkpoints are copies of all other places: those that may hold what is to be forgotten go as a whole, and the next hour has
/// another.
struct CheckpointStep: ForgettingStep {
    let settings: Settings

    let place = "the checkpoints"

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        let store = CheckpointStore(settings.state)
        var holding: Set<String> = []
        for digest in try store.blocks.digests() {
            // What cannot be read gives nothing back either.
            guard let block = try? store.blocks.block(digest), holds(block, search) else { continue }
            holding.insert(digest)
        }
        guard !holding.isEmpty else { return finding }
        let ids = try store.ids().filter { id in
            (try? store.checkpoint(id)).map { !$0.blocks.isDisjoint(with: holding) } ?? true
        }
        finding.count("checkpoints", max(1, ids.count))
        return finding
    }

    private func holds(_ block: [UInt8], _ search: ForgetSearch) -> Bool {
        if let text = search.wish.text { return text.occurs(in: block) }
        let names = search.sessions.filter { $0 != .added }.map { Array($0.rawValue.utf8) }
        return unsafe block.withUnsafeBytes { bytes in
            names.contains { unsafe ByteSearch.contains(bytes, $0) }
        }
    }

    func remove(_ search: ForgetSearch) throws {
        let store = CheckpointStore(settings.state), watch = Stopwatch(limit: .seconds(60))
        repeat {
            if try store.exclusively({ try store.removeAll() }) != nil { return }
            usleep(50_000)
        } while !watch.isOver
        throw Failure(.busy, "a checkpoint is made or restored", remedy: "wait for it, then run it again")
    }
}
