import Domain
import Platform
import Synchronization
import TestSupport

@testable import SecondCopy

/// What a host of a test has. A revision is the number of the change; what is read is counted.
final class HeldItems: CopySource {
    struct Held: Equatable {
        var nature: CopyNature
        var bytes: [UInt8]
        var changedMilliseconds: Int64
        var revision: Int
    }

    private struct State {
        var items: [ItemName: Held] = [:]
        var completeKinds: Set<CopyKind> = []
        var changes = 0
        var readBytes = 0
        var shortened: Set<ItemName> = []
        var damaged: Set<ItemName> = []
        var failure: CopyError?
    }

    private let state = Mutex(State())

    var items: [ItemName: Held] { state.withLock { $0.items } }
    /// Since the last time this was asked.
    func readBytes() -> Int {
        state.withLock { state in
            defer { state.readBytes = 0 }; return state.readBytes
        }
    }

    func put(_ kind: CopyKind, _ name: String, _ nature: CopyNature, _ bytes: [UInt8], at milliseconds: Int64 = 1_000) {
        state.withLock { state in
            state.changes += 1
            state.items[ItemName(kind, name)] = Held(
                nature: nature, bytes: bytes, changedMilliseconds: milliseconds, revision: state.changes)
        }
    }

    func put(_ kind: CopyKind, _ name: String, _ nature: CopyNature, _ text: String, at milliseconds: Int64 = 1_000) {
        put(kind, name, nature, Array(text.utf8), at: milliseconds)
    }

    func remove(_ kind: CopyKind, _ name: String) {
        state.withLock { state in
            state.items[ItemName(kind, name)] = nil
            state.completeKinds.insert(kind)
        }
    }

    func removeAll(_ kind: CopyKind) {
        state.withLock { state in
            state.items = state.items.filter { $0.key.kind != kind }
            state.completeKinds.insert(kind)
        }
    }

    /// An item that is shorter than the inventory says, once it is read.
    func shorten(_ kind: CopyKind, _ name: String, _ isShort: Bool = true) {
        state.withLock { state in
            if isShort { state.shortened.insert(ItemName(kind, name)) } else { state.shortened = [] }
        }
    }

    /// An item that is known, to who looks, not to be what was written.
    func damage(_ kind: CopyKind, _ name: String, _ isDamaged: Bool = true) {
        state.withLock { state in
            if isDamaged { state.damaged.insert(ItemName(kind, name)) } else { state.damaged = [] }
        }
    }

    func isSound(_ item: CopyItem) async -> Bool { state.withLock { !$0.damaged.contains(item.item) } }

    func fail(_ error: CopyError?) { state.withLock { $0.failure = error } }

    func inventory() async throws(CopyError) -> CopyInventory {
        let (failure, items, complete) = state.withLock { ($0.failure, $0.items, $0.completeKinds) }
        if let failure { throw failure }
        return CopyInventory(
            items.map { name, held in
                CopyItem(
                    name.kind, name.name, held.nature, bytes: Int64(held.bytes.count), revision: "\(held.revision)",
                    changedMilliseconds: held.changedMilliseconds)
            }, completeKinds: complete)
    }

    func bytes(of item: CopyItem, in range: Range<Int64>) async throws(CopyError) -> [UInt8] {
        state.withLock { state in
            guard let held = state.items[item.item] else { return [] }
            var bytes = Array(held.bytes.dropFirst(Int(range.lowerBound)).prefix(range.count))
            if state.shortened.contains(item.item), !bytes.isEmpty { bytes.removeLast() }
            state.readBytes += bytes.count
            return bytes
        }
    }
}

/// What comes back in a test.
final class Returned: CopySink {
    struct Item: Equatable {
        var bytes: [UInt8] = []
        var isWhole = false
        var isBeside = false
    }

    private let state = Mutex<[String: Item]>([:])
    private let refusals = Mutex<Set<ItemName>>([])

    var all: [String: Item] { state.withLock { $0 } }
    /// Whole ones that stand under their name.
    var items: [String: [UInt8]] {
        state.withLock { $0.filter { $0.value.isWhole && !$0.value.isBeside }.mapValues(\.bytes) }
    }
    var beside: [[UInt8]] { state.withLock { $0.values.filter { $0.isWhole && $0.isBeside }.map(\.bytes) } }

    func refuse(_ item: ItemName) { refusals.withLock { _ = $0.insert(item) } }
    func wants(_ item: ClonedItem) async throws(CopyError) -> Bool { !refusals.withLock { $0.contains(item.item) } }
    func take(_ bytes: [UInt8], of item: ClonedItem) async throws(CopyError) {
        state.withLock { $0[key(item), default: Item()].bytes += bytes }
    }
    func finish(_ item: ClonedItem) async throws(CopyError) {
        state.withLock { state in
            state[key(item), default: Item()].isWhole = true
            state[key(item)]?.isBeside = item.isBeside
        }
    }
    func drop(_ item: ClonedItem, because error: CopyError) async { state.withLock { $0[key(item)] = nil } }

    private func key(_ item: ClonedItem) -> String { "\(item.item)" + (item.isBeside ? " \(item.digest)" : "") }
}

/// Ends a round at any step, before it is done or after; then every further step fails too, as if the process were gone.
final class CuttingTransport: CopyTransport {
    let inner: any CopyTransport
    private let steps = Mutex((left: Int.max, done: 0))

    init(_ inner: any CopyTransport) { self.inner = inner }

    /// Even: before the step half that many on; odd: after it.
    func cut(after halfSteps: Int) { steps.withLock { $0 = (halfSteps, 0) } }
    func mend() { steps.withLock { $0.left = .max } }
    var stepsDone: Int { steps.withLock { $0.done } }

    var takesPlain: Bool { inner.takesPlain }
    var isAwayWhenEmpty: Bool { inner.isAwayWhenEmpty }

    private func pass() throws(CopyError) {
        let isLeft = steps.withLock { steps in
            guard steps.left > 0 else { return false }
            if steps.left < .max { steps.left -= 1 }
            steps.done += 1
            return true
        }
        if !isLeft { throw .cut(reason: "by the test") }
    }

    func look() async throws(CopyError) -> CopyListing {
        try pass()
        let listing = try await inner.look()
        try pass()
        return listing
    }
    func prepare(_ names: [StoredName]) async throws(CopyError) { try await inner.prepare(names) }
    func read(_ names: [StoredName]) async throws(CopyError) -> [StoredName: [UInt8]] { try await inner.read(names) }
    func store(_ name: StoredName, _ bytes: [UInt8]) async throws(CopyError) {
        try pass()
        try await inner.store(name, bytes)
        try pass()
    }
    func publish(removing removed: [StoredName], isRewrite: Bool) async throws(CopyError) {
        try pass()
        try await inner.publish(removing: removed, isRewrite: isRewrite)
        try pass()
    }
    func discard() async { await inner.discard() }
}

/// A folder as the copy, with a key, and hosts that keep theirs in it.
struct CopyHouse {
    let scratch: Scratch
    let seal: Seal
    var options = SyncOptions()

    init(_ seal: Seal = .testing) throws {
        scratch = try Scratch()
        self.seal = seal
        try Files.makeFolder(copy)
        options.objectLimit = 4096
    }

    var copy: String { scratch.path + "/copy" }
    var folder: FolderTransport { FolderTransport(copy, grace: .seconds(-10)) }

    func host(
        _ name: String, _ source: HeldItems, _ transport: (any CopyTransport)? = nil, seal: Seal? = nil
    ) throws -> CopySync {
        try CopySync(
            host: name, seal: seal ?? self.seal, transport: transport ?? folder, source: source,
            stateFile: "\(scratch.path)/\(name).json", options: options)
    }

    func clone(_ transport: (any CopyTransport)? = nil, seal: Seal? = nil) async throws -> (Returned, CopyClone.Report)
    {
        let sink = Returned()
        let report = try await CopyClone.run(from: transport ?? folder, seal ?? self.seal, into: sink)
        return (sink, report)
    }

    /// Paths from the copy on.
    func files() throws -> [String] { try Self.files(in: copy).sorted() }

    static func files(in folder: String, _ prefix: String = "") throws -> [String] {
        try Files.names(in: folder).flatMap { name in
            Files.isFolder("\(folder)/\(name)")
                ? try files(in: "\(folder)/\(name)", "\(prefix)\(name)/") : [prefix + name]
        }
    }
}

extension Seal {
    static let testing = Seal(CopyKey.testing(1))
}

extension CopyKey {
    /// One of each number, newest first.
    static func testing(_ numbers: UInt8...) -> CopyKey {
        guard let key = CopyKey(keys: numbers.map { [UInt8](repeating: $0, count: 32) }) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }
}

extension CopyOutcome {
    var figures: CopyFigures? {
        switch self {
        case .done(let figures), .failed(_, let figures): figures
        default: nil
        }
    }
    var done: CopyFigures? { if case .done(let figures) = self { figures } else { nil } }
    var error: CopyError? { if case .failed(let error, _) = self { error } else { nil } }
}

extension SyncRequest {
    static let forced: SyncRequest = {
        var request = SyncRequest()
        request.isForced = true
        return request
    }()
    static let unchanged: SyncRequest = {
        var request = SyncRequest()
        request.nothingChanged = true
        return request
    }()
    static let emptying: SyncRequest = {
        var request = forced
        request.isEmptying = true
        return request
    }()
    static let rewriting: SyncRequest = {
        var request = forced
        request.rewrites = true
        return request
    }()
}

/// Has no room for objects.
final class FullTransport: CopyTransport {
    let inner: any CopyTransport
    private let isFull = Mutex(true)

    init(_ inner: any CopyTransport) { self.inner = inner }

    func makeRoom() { isFull.withLock { $0 = false } }

    var takesPlain: Bool { inner.takesPlain }
    var isAwayWhenEmpty: Bool { inner.isAwayWhenEmpty }
    func look() async throws(CopyError) -> CopyListing { try await inner.look() }
    func read(_ names: [StoredName]) async throws(CopyError) -> [StoredName: [UInt8]] { try await inner.read(names) }
    func store(_ name: StoredName, _ bytes: [UInt8]) async throws(CopyError) {
        if isFull.withLock({ $0 }) { throw .full(reason: "no room") }
        try await inner.store(name, bytes)
    }
    func publish(removing removed: [StoredName], isRewrite: Bool) async throws(CopyError) {
        try await inner.publish(removing: removed, isRewrite: isRewrite)
    }
}
