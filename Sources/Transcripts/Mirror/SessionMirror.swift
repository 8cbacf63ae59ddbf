internal import Domain
internal import Glibc
package import Platform
package import Settings
internal import Synchronization

/// Transcripts that programs keep with us entry by entry: JSON lines under `STATE/store`, laid out as in a client's config
/// folder, so that whatever reads transcripts reads them.
///
/// `own` is read as one. In `copies` lie those whose original this host has: what is said in them is captured from that, and not
/// twice.
package struct SessionMirror: Sendable {
    private let state: StateFolder
    private let memory: MirrorMemory
    private let client = ClaudeCode()

    package init(_ state: StateFolder, _ memory: MirrorMemory) {
        self.state = state
        self.memory = memory
    }

    /// Read as a client's config folder.
    private var own: String { state.store + "/own" }
    private var copies: String { state.store + "/copies" }

    private func file(_ key: MirrorKey, in folder: String) -> String {
        "\(client.storage(in: folder))/\(key.project)/\(key.name)"
    }

    /// Where it lies; nil where it is not kept here.
    package func path(of key: MirrorKey) -> String? {
        [own, copies].map { file(key, in: $0) }.first(where: Files.isRegularFile)
    }

    // MARK: - Adding

    package struct Added: Sendable, Equatable {
        /// Entries.
        package var added = 0
        /// Were here already, by their `uuid`.
        package var known = 0
    }

    /// Adds entries to the end. When this returns they are on the disk, and otherwise none of them is.
    /// - Parameters:
    ///   - entries: JSON objects, a line each.
    ///   - others: config folders of this host in which the original may lie.
    package func append(_ entries: [UInt8], to key: MirrorKey, others: [String]) throws(MirrorError) -> Added {
        let lines = entries.split(separator: 10)
        let names = try lines.map { line throws(MirrorError) in try Self.name(of: Array(line)) }
        return try locked { () throws(FileError) in
            let path = try place(of: key, others: others)
            var (size, known) = try memory.known(path)
            var added = Added(), bytes: [UInt8] = []
            for (line, name) in zip(lines, names) {
                if let name, !known.insert(name).inserted {
                    added.known += 1
                    continue
                }
                bytes += line
                bytes.append(10)
                added.added += 1
            }
            guard !bytes.isEmpty else { return added }
            do throws(FileError) {
                try Files.add(bytes[...], to: path, isSynced: true)
            } catch {
                // Who says it again must not find half of it.
                _ = unsafe truncate(path, Int(size))
                throw error
            }
            size += Int64(bytes.count)
            memory.note(path, size: size, known: known)
            return added
        }
    }

    /// Deeper than what any tool was seen to take; the parser's recursion takes a stack.
    private static let nesting = 256

    /// - Returns: the `uuid`; nil where it has none.
    private static func name(of line: [UInt8]) throws(MirrorError) -> String? {
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

    /// The file to add to, with its folders; what was written last of it is whole.
    private func place(of key: MirrorKey, others: [String]) throws(FileError) -> String {
        if let path = path(of: key) { return path }
        let main = try? MirrorKey(project: key.project, session: key.session)
        var folder = own
        if let main {
            let isCopy =
                Files.exists(file(main, in: copies))
                || !Files.exists(file(main, in: own))
                    && others.contains { $0 != own && Files.isRegularFile(file(main, in: $0)) }
            folder = isCopy ? copies : own
        }
        if folder == own { try prepare() }
        let path = file(key, in: folder)
        guard let slash = path.lastIndex(of: "/") else { return path }
        try Files.makeFolder(String(path[..<slash]))
        try Files.create(path)
        Files.sync(String(path[..<slash]))
        return path
    }

    /// Makes the folder that is read as a client's, so that who watches it hears of the first entry.
    package func prepare() throws(FileError) {
        guard !Files.exists(own + "/settings.json") else { return }
        try Files.makeFolder(client.storage(in: own))
        // Nobody sweeps it: nothing in it is about to be deleted.
        try Files.write(#"{"cleanupPeriodDays": 36500}"# + "\n", to: own + "/settings.json")
        ConfigDirectories(state: state).add(own)
    }

    // MARK: - Reading

    /// All entries, a line each; nil where it is not kept here.
    package func entries(of key: MirrorKey) throws(FileError) -> [UInt8]? {
        guard let path = path(of: key) else { return nil }
        let bytes = try Files.bytes(path, limit: 1 << 30)
        // What a killed writer left of a line was never acknowledged.
        return bytes.lastIndex(of: 10).map { Array(bytes[...$0]) } ?? []
    }

    package struct Listed: Sendable, Equatable {
        package var session: String
        /// When it was last added to, ms since 1970.
        package var modifiedMilliseconds: Int64
    }

    package func sessions(of project: String) -> [Listed] {
        var found: [String: Int64] = [:]
        for folder in [own, copies] {
            let place = "\(client.storage(in: folder))/\(project)"
            for name in (try? Files.names(in: place)) ?? [] where name.hasSuffix(ClaudeCode.suffix) {
                guard let status = try? Files.status("\(place)/\(name)", followingLinks: false) else { continue }
                found[String(name.dropLast(ClaudeCode.suffix.count))] = ClaudeCode.milliseconds(status.st_mtim)
            }
        }
        return found.map { Listed(session: $0.key, modifiedMilliseconds: $0.value) }.sorted { $0.session < $1.session }
    }

    /// What else is kept of a session, each as the `subpath` of its key.
    package func subpaths(of key: MirrorKey) -> [String] {
        [own, copies].flatMap { folder in
            names(in: "\(client.storage(in: folder))/\(key.project)/\(key.session)", depth: 0)
        }.sorted()
    }

    private func names(in folder: String, depth: Int) -> [String] {
        guard depth < 8 else { return [] }
        return ((try? Files.names(in: folder)) ?? []).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) { return names(in: path, depth: depth + 1).map { "\(name)/\($0)" } }
            return name.hasSuffix(ClaudeCode.suffix) ? [String(name.dropLast(ClaudeCode.suffix.count))] : []
        }
    }

    // MARK: - Removing

    /// Removes a transcript; with a session's own all that is kept of the session.
    package func remove(_ key: MirrorKey) throws(MirrorError) {
        try locked { () throws(FileError) in
            for folder in [own, copies] {
                let path = file(key, in: folder)
                memory.forget(path)
                Files.remove(path)
                guard key.subpath == nil else { continue }
                Files.removeFolder(String(path.dropLast(ClaudeCode.suffix.count)))
            }
            Files.remove(summaryFile(key))
        }
    }

    /// All that is kept here, whatever its name.
    package struct StoredFile: Sendable {
        package var path: String
        /// Of the folder it lies in for its session, or its own.
        package var session: String
        package var isTranscript: Bool
    }

    package var files: [StoredFile] {
        let transcripts = [own, copies].map { client.storage(in: $0) }
        return (transcripts + ["\(state.store)/summaries"]).flatMap { storage in
            ((try? Files.names(in: storage)) ?? []).flatMap { project in files(in: "\(storage)/\(project)", of: nil) }
        }
    }

    private func files(in folder: String, of session: String?) -> [StoredFile] {
        ((try? Files.names(in: folder)) ?? []).sorted().flatMap { name -> [StoredFile] in
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) { return files(in: path, of: session ?? name) }
            let isTranscript = name.hasSuffix(ClaudeCode.suffix)
            let own = String(name.dropLast(isTranscript ? ClaudeCode.suffix.count : ".json".count))
            return [StoredFile(path: path, session: session ?? own, isTranscript: isTranscript)]
        }
    }

    package func remove(_ file: StoredFile) throws(MirrorError) {
        try locked { () throws(FileError) in Files.remove(file.path) }
    }

    /// Takes lines out of a transcript.
    package func remove(
        from file: StoredFile, where isForgotten: (ArraySlice<UInt8>) -> Bool
    ) throws(MirrorError) {
        try locked { () throws(FileError) in
            let bytes = try Files.bytes(file.path, limit: 1 << 30)
            let lines = bytes.split(separator: 10).filter { !isForgotten($0) }
            try Files.write(Array(lines.joined(separator: [10])) + (lines.isEmpty ? [] : [10]), to: file.path)
        }
    }

    // MARK: - Summaries

    /// What the SDK keeps beside a session, which nobody else understands.
    package struct Summary: Sendable, Equatable {
        /// As it came.
        package var json: String
        /// Another with each writing; 0 where there is none.
        package var version: Int64
        package var modifiedMilliseconds: Int64
    }

    private func summaryFile(_ key: MirrorKey) -> String {
        "\(state.store)/summaries/\(key.project)/\(key.session).json"
    }

    package func summary(of key: MirrorKey) -> Summary? {
        let file = summaryFile(key)
        guard let text = try? Files.read(file, limit: 1 << 20), let status = try? Files.status(file),
            let end = text.firstIndex(of: "\n"), let version = Int64(text[..<end])
        else { return nil }
        return Summary(
            json: String(text[text.index(after: end)...]), version: version,
            modifiedMilliseconds: ClaudeCode.milliseconds(status.st_mtim))
    }

    /// Writes it, unless somebody else did since it was read.
    /// - Parameter version: that was read; 0 where there was none.
    /// - Throws: `changed` where it is another by now.
    package func set(summary json: String, of key: MirrorKey, version: Int64) throws(MirrorError) -> Summary {
        let file = summaryFile(key)
        let isSet = try locked { () throws(FileError) in
            guard summary(of: key)?.version ?? 0 == version else { return false }
            if let slash = file.lastIndex(of: "/") { try Files.makeFolder(String(file[..<slash])) }
            try Files.write("\(version + 1)\n\(json)", to: file, isSynced: true)
            return true
        }
        guard isSet, let written = summary(of: key) else { throw .changed }
        return written
    }

    // MARK: - One who writes

    private func locked<Value>(_ body: () throws(FileError) -> Value) throws(MirrorError) -> Value {
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

/// Why an entry or a summary was not kept.
package enum MirrorError: Error, Equatable, CustomStringConvertible {
    case noEntry(String)
    case changed
    case busy
    case file(FileError)

    package var description: String {
        switch self {
        case .noEntry(let line): "\"\(VisibleText.line(line))…\" is no JSON object on a line of its own"
        case .changed: "somebody else has written the summary meanwhile"
        case .busy: "another has been writing for 5 s"
        case .file(let error): "\(error)"
        }
    }
}

/// The `uuid`s of transcripts that were added to lately: a file is read for them once, not with each batch.
package final class MirrorMemory: Sendable {
    private struct Known {
        /// Of the file when they were read.
        var size: Int64
        var uuids: Set<String>
        var order: Int
    }

    private struct State {
        var files: [String: Known] = [:]
        var count = 0
    }

    /// Files at a time.
    private static let limit = 64
    private let state = Mutex(State())

    package init() {}

    /// - Returns: the size of the file, and what is in it. What a killed writer left of a line is cut off.
    func known(_ path: String) throws(FileError) -> (size: Int64, uuids: Set<String>) {
        let size = Int64(try Files.status(path).st_size)
        if let known = state.withLock({ $0.files[path] }), known.size == size { return (size, known.uuids) }
        let bytes = try Files.bytes(path, limit: 1 << 30)
        let end = bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0
        if end < bytes.count {
            guard unsafe truncate(path, end) == 0 else { throw FileError(path: path, number: errno) }
        }
        let uuids = bytes[..<end].split(separator: 10).compactMap {
            PayloadScanner.strings(of: Array($0), named: ["uuid"])?["uuid"]
        }
        return (Int64(end), Set(uuids))
    }

    func note(_ path: String, size: Int64, known: Set<String>) {
        state.withLock { state in
            state.count += 1
            state.files[path] = Known(size: size, uuids: known, order: state.count)
            guard state.files.count > Self.limit, let oldest = state.files.min(by: { $0.value.order < $1.value.order })
            else { return }
            state.files[oldest.key] = nil
        }
    }

    func forget(_ path: String) { state.withLock { $0.files[path] = nil } }
}
