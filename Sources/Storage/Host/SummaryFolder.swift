package import Domain
package import Platform
package import Settings
import SwiftGlibc

/// The latest summaries of sessions as files of this host, one each, so that a hook that carries something over asks neither
/// Redis nor the archive. Who owns the archive writes them.
package struct SummaryFolder: Sendable {
    private let folder: String

    package init(_ state: StateFolder) { folder = state.summaries }

    /// Characters of a summary as it is carried over.
    package static let limit = 3000
    /// Sessions of which one is kept: what is carried over is of the last days.
    private static let mostFiles = 500

    /// - Returns: nil where there is none, or it cannot be read.
    package func text(of session: SessionID) -> String? {
        let text = try? Files.read(path(session), limit: Self.limit * 4)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    package func write(_ text: String, of session: SessionID) throws(FileError) {
        try Files.makeFolder(folder)
        try Files.write(text, to: path(session))
        try thin()
    }

    package func remove(_ session: SessionID) { Files.remove(path(session)) }

    private func path(_ session: SessionID) -> String { "\(folder)/\(session)" }

    private func thin() throws(FileError) {
        let names = try Files.names(in: folder)
        guard names.count > Self.mostFiles else { return }
        let aged = names.map { name in
            (name, (try? Files.status("\(folder)/\(name)"))?.st_mtim.tv_sec ?? 0)
        }.sorted { $0.1 < $1.1 }
        for (name, _) in aged.prefix(names.count - Self.mostFiles) { Files.remove("\(folder)/\(name)") }
    }
}
