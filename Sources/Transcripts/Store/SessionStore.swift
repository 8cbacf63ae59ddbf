internal import Domain
internal import Glibc
package import Platform
package import Settings

/// Transcripts that programs store with us entry by entry: JSON lines under `STATE/store`, laid out as in a client's config
/// folder, so that whatever reads transcripts reads them.
///
/// `own` is read as one (`HostTranscripts`). In `copies` lies what is not: transcripts whose original this host has, since what
/// is said in them is captured from that and not twice, and sessions that no client named.
package struct SessionStore: Sendable {
    let state: StateFolder
    let known: KnownEntries
    let client = ClaudeCode()

    package init(_ state: StateFolder, _ known: KnownEntries = KnownEntries()) {
        self.state = state
        self.known = known
    }

    /// Read as a client's config folder.
    package var own: String { state.store + "/own" }
    var copies: String { state.store + "/copies" }

    func file(_ key: StoreKey, in folder: String) -> String {
        "\(client.storage(in: folder))/\(key.project)/\(key.name)"
    }

    /// Where it lies; nil where it is not stored.
    package func path(of key: StoreKey) -> String? {
        [own, copies].map { file(key, in: $0) }.first(where: Files.isRegularFile)
    }

    /// Makes the folder that is read as a client's, so that who watches it hears of the first entry.
    package func prepare() throws(FileError) {
        guard !Files.exists(own + "/settings.json") else { return }
        try Files.makeFolder(client.storage(in: own))
        // Nobody sweeps it: nothing in it is about to be deleted.
        try Files.write(#"{"cleanupPeriodDays": 36500}"# + "\n", to: own + "/settings.json")
    }

    // MARK: - Adding

    package struct Added: Sendable, Equatable {
        /// Entries.
        package var added = 0
        /// Were here already, by their `uuid`.
        package var known = 0
        /// Are forgotten here.
        package var forgotten = 0
    }

    /// Adds entries to the end. When this returns they are on the disk, and otherwise none of them is.
    /// - Parameters:
    ///   - entries: JSON objects, a line each.
    ///   - past: what there was before of a transcript that is not stored here yet, lines: it goes on from that.
    ///   - others: config folders of this host in which the original may lie.
    package func append(
        _ entries: [UInt8], to key: StoreKey, behind past: [UInt8] = [], others: [String]
    ) throws(StoreError) -> Added {
        let lines = entries.split(separator: 10).map(Array.init)
        let names = try lines.map { line throws(StoreError) in try Self.name(of: line) }
        return try locked { () throws(FileError) in
            // With the lock: whoever forgets something says so first, and then takes out what is stored.
            let forgotten = try self.forgotten(lines, of: key)
            let path = try place(of: key, others: others)
            if !past.isEmpty, !Files.exists(path) { try begin(path, with: past) }
            var there = Files.exists(path) ? try known.take(path) : KnownEntries.Entries()
            var added = Added(), bytes: [UInt8] = []
            for (index, line) in lines.enumerated() {
                if forgotten.contains(index) {
                    added.forgotten += 1
                } else if let name = names[index], !there.uuids.insert(name).inserted {
                    added.known += 1
                } else {
                    added.added += 1
                    bytes += line
                    bytes.append(10)
                }
            }
            if !bytes.isEmpty { try add(bytes, to: path, behind: there.size) }
            if Files.exists(path) {
                there.size += Int64(bytes.count)
                there.identity = FileIdentity(path)
                known.note(there, of: path)
            }
            return added
        }
    }

    /// Whole or not at all: half a past would be taken for all of it.
    private func begin(_ path: String, with past: [UInt8]) throws(FileError) {
        try Files.makeFolder(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
        try Files.write(past.last == 10 ? past : past + [10], to: path, isSynced: true)
    }

    private func add(_ bytes: [UInt8], to path: String, behind size: Int64) throws(FileError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try Files.makeFolder(folder)
        do throws(FileError) {
            try Files.add(bytes[...], to: path, isSynced: true)
        } catch {
            // Who says it again must not find half of it. What cannot be cut off now is cut off by the next, but whole lines.
            _ = unsafe truncate(path, Int(size))
            throw error
        }
        if size == 0 { Files.sync(folder) }
    }

    /// Which of the lines a person wanted forgotten, by their places.
    private func forgotten(_ lines: [[UInt8]], of key: StoreKey) throws(FileError) -> Set<Int> {
        guard let session = SessionID(rawValue: key.session) else { return [] }
        var exclusions = try Exclusions(forgottenOf: session, state: state)
        guard !exclusions.isEmpty else { return [] }
        return Set(
            lines.indices.filter { index in
                client.kept(lines[index] + [10], at: 0, &exclusions).cuts.contains { $0.reason == Tombstone.reason }
            })
    }

    /// Deeper than what any tool was seen to take; the parser's recursion takes a stack.
    private static let nesting = 256

    /// - Returns: the `uuid`; nil where it has none.
    private static func name(of line: [UInt8]) throws(StoreError) -> String? {
        var parser = JSONParser(line, nesting: nesting)
        guard String(validating: line, as: UTF8.self) != nil, let value = try? parser.value(),
            (try? parser.end()) != nil, case .object = value
        else {
            // One bad line would make all of the session unreadable.
            throw .noEntry(String(decoding: line.prefix(60), as: UTF8.self))
        }
        let name = NamedMessage(line: line).uuid
        return name.isEmpty ? nil : name
    }

    /// The file to add to, which may not be there yet.
    private func place(of key: StoreKey, others: [String]) throws(FileError) -> String {
        if let path = path(of: key) { return path }
        let main = client.storage(in: "") + "/\(key.project)/\(key.session)\(ClaudeCode.suffix)"
        let isCopy =
            key.id == nil || Files.exists(copies + main)
            || !Files.exists(own + main) && others.contains { $0 != own && Files.isRegularFile($0 + main) }
        if !isCopy { try prepare() }
        return file(key, in: isCopy ? copies : own)
    }

    // MARK: - One who writes

    func locked<Value>(_ body: () throws(FileError) -> Value) throws(StoreError) -> Value {
        let watch = Stopwatch(limit: .seconds(5))
        do throws(FileError) {
            try Files.makeFolder(state.store)
            repeat {
                if let lock = try FileLock.take(state.store + "/lock") {
                    defer { withExtendedLifetime(lock) {} }
                    return try body()
                }
                usleep(2000)
            } while !watch.isOver
        } catch {
            throw .file(error)
        }
        throw .busy
    }
}
