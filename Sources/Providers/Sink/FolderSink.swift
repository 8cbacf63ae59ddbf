package import Domain
internal import Platform

/// A Markdown file for each memory, with front matter: for Obsidian, git, or whoever reads files.
package struct FolderSink: Sink {
    private let folder: String

    package init(_ folder: String) { self.folder = folder }

    package func deliver(_ item: SinkItem) async throws(SinkFailure) -> Bool {
        let path = "\(folder)/\(item.path)"
        do throws(FileError) {
            if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
            try Files.write(item.markdown, to: path)
        } catch {
            throw SinkFailure(
                FailureClass(category: .serverError, isRetryable: true, countsAgainstCircuit: true), "\(error)")
        }
        return true
    }

    package func confirm(_ item: SinkItem) async throws(SinkFailure) -> Bool { true }
    package func shutdown() async {}
}
