internal import Glibc
internal import Platform
package import Settings

/// Where a transcript was captured from, a file each in `STATE/places`, a path a line. A client moves transcripts while
/// they are written (into a worktree and back): then the same file, by its name and its beginning, is read on from where
/// reading ended, and not again from the start.
package struct TranscriptPlaces: Sendable {
    private let folder: String

    package init(_ state: StateFolder) { folder = state.path + "/places" }

    /// - Parameter path: canonical.
    /// - Returns: where else it was captured from, the latest first.
    package func others(of path: String) -> [String] { known(path).filter { $0 != path }.reversed() }

    /// Remembers a place. Without it a transcript that moves is read again, and the archive knows its entries.
    package func add(_ path: String) {
        guard !path.contains("\n"), known(path).last != path else { return }
        let all = known(path).filter { $0 != path } + [path]
        try? Files.makeFolder(folder)
        try? Files.write(all.suffix(16).joined(separator: "\n"), to: file(path))
    }

    /// Forgets those that nobody has captured for so long.
    /// - Parameter before: ms since 1970.
    package func sweep(before: Int64) {
        for name in (try? Files.names(in: folder)) ?? [] {
            guard let status = try? Files.status(folder + "/" + name), Int64(status.st_mtim.tv_sec) * 1000 < before
            else { continue }
            Files.remove(folder + "/" + name)
        }
    }

    private func file(_ path: String) -> String {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return folder + "/" + path[start...]
    }

    private func known(_ path: String) -> [String] {
        ((try? Files.read(file(path))) ?? "").split(separator: "\n").map(String.init)
    }
}
