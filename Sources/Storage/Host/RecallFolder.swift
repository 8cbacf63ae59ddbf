package import Domain
package import Platform
package import Settings

/// The titles of the latest memories as files of this host, one for each dispatch key and one for each project, the newest
/// first: so a hook asks neither Redis nor the archive for them. Who owns the archive writes them, by what it holds.
package struct RecallFolder: Sendable {
    /// Of what the titles of one file are.
    package enum Place: Sendable, Hashable {
        case key(String)
        /// By the name of its folder (`MemoryTitle.project`).
        case project(String)

        fileprivate var name: String {
            switch self {
            case .key(let key): "key-\(Checksum.fnv1a(key).hexadecimal).jsonl"
            case .project(let project): "project-\(Checksum.fnv1a(project).hexadecimal).jsonl"
            }
        }

        /// Two names may have one file.
        fileprivate func has(_ title: MemoryTitle) -> Bool {
            switch self {
            case .key(let key): title.dispatchKey == key
            case .project(let project): title.project == project
            }
        }
    }

    private let folder: String

    package init(_ state: StateFolder) { folder = state.recall }

    /// Titles of one file at most: more than a client takes.
    private static let mostTitles = 100
    /// A title, two names of 255 characters, and an ID.
    private static let sizeLimit = mostTitles * 4096

    package func titles(of place: Place) -> [MemoryTitle] { (try? known(place)) ?? [] }

    private func known(_ place: Place) throws(FileError) -> [MemoryTitle] {
        try lines(of: place).compactMap { MemoryTitle(json: $0) }.filter(place.has)
    }

    /// Adds those of a place, until there is no room for more.
    package func add(_ place: Place, to recall: inout Recall) {
        // A file that cannot be read shows nothing.
        for line in (try? lines(of: place)) ?? [] {
            guard let title = MemoryTitle(json: line), place.has(title) else { continue }
            guard recall.add(title) else { return }
        }
    }

    private func lines(of place: Place) throws(FileError) -> [ArraySlice<UInt8>] {
        do throws(FileError) {
            return try Files.bytes("\(folder)/\(place.name)", limit: Self.sizeLimit).split(separator: 10)
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    // MARK: - Writing

    /// Takes in what became of some memories.
    /// - Parameter changes: with an empty title what is gone.
    package func take(_ changes: [MemoryTitle]) throws(FileError) {
        for (place, changed) in Self.byPlace(changes) {
            try write(known(place).latest(Self.mostTitles, with: changed), as: place.name)
        }
    }

    /// Has it hold these titles and no others.
    package func replace(with titles: [MemoryTitle]) throws(FileError) {
        try Files.makeFolder(folder)
        var files: [String: [MemoryTitle]] = [:]
        for (place, titles) in Self.byPlace(titles) { files[place.name, default: []] += titles }
        for name in try Files.names(in: folder) where files[name] == nil { Files.remove("\(folder)/\(name)") }
        for (name, titles) in files { try write([].latest(Self.mostTitles, with: titles), as: name) }
    }

    /// Of how many keys there are titles.
    package var keyCount: Int { ((try? Files.names(in: folder)) ?? []).count { $0.hasPrefix("key-") } }

    package var exists: Bool { Files.exists(folder) }

    package func remove() { Files.removeFolder(folder) }

    private static func byPlace(_ titles: [MemoryTitle]) -> [Place: [MemoryTitle]] {
        var places: [Place: [MemoryTitle]] = [:]
        for title in titles {
            if !title.dispatchKey.isEmpty { places[.key(title.dispatchKey), default: []].append(title) }
            if !title.project.isEmpty { places[.project(title.project), default: []].append(title) }
        }
        return places
    }

    private func write(_ titles: [MemoryTitle], as name: String) throws(FileError) {
        let path = "\(folder)/\(name)", text = titles.map { $0.json + "\n" }.joined()
        if text.isEmpty { return Files.remove(path) }
        if let there = try? Files.read(path, limit: Self.sizeLimit), there == text { return }
        try Files.write(text, to: path)
    }
}
