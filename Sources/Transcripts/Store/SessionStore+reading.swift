internal import Domain
internal import Glibc
package import Platform

extension SessionStore {
    /// All entries, a line each; nil where it is not stored.
    package func entries(of key: StoreKey) throws(FileError) -> [UInt8]? {
        guard let path = path(of: key) else { return nil }
        let bytes = try Files.bytes(path, limit: .max)
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
                // Gone meanwhile.
                guard let status = try? Files.status("\(place)/\(name)", followingLinks: false) else { continue }
                found[String(name.dropLast(ClaudeCode.suffix.count))] = ClaudeCode.milliseconds(status.st_mtim)
            }
        }
        return found.map { Listed(session: $0.key, modifiedMilliseconds: $0.value) }.sorted { $0.session < $1.session }
    }

    /// What else is stored of a session, each as the `subpath` of its key.
    package func subpaths(of key: StoreKey) -> [String] {
        [own, copies].flatMap { folder in
            names(in: "\(client.storage(in: folder))/\(key.project)/\(key.session)", depth: 0)
        }.sorted()
    }

    private func names(in folder: String, depth: Int) -> [String] {
        guard depth < StoreKey.depth else { return [] }
        return ((try? Files.names(in: folder)) ?? []).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) { return names(in: path, depth: depth + 1).map { "\(name)/\($0)" } }
            return name.hasSuffix(ClaudeCode.suffix) ? [String(name.dropLast(ClaudeCode.suffix.count))] : []
        }
    }
}
