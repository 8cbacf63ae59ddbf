internal import Platform

/// The config folders of Claude Code that hooks of this host were seen in: a line each in `STATE/config-dirs`. Whoever
/// looks for transcripts that no hook reported looks there.
package struct ConfigDirectories: Sendable {
    private let path: String

    package init(state: StateFolder) {
        path = state.path + "/config-dirs"
    }

    package var all: [String] { ((try? Files.read(path)) ?? "").split(separator: "\n").map(String.init) }

    package func add(_ folder: String) {
        guard folder.hasPrefix("/"), !folder.contains("\n"), !all.contains(folder) else { return }
        // Two may add it at once: said twice it does no harm.
        Files.append(folder, to: path, limit: .max)
    }
}
