internal import Glibc
package import Platform
package import Settings

/// An export in the folder where the companion looks for such, which it sees when it is whole.
package struct LeftExport {
    package let path: String
    private var draft: String { path + ".draft" }

    package init(_ state: StateFolder) throws(FileError) {
        try Files.makeFolder(state.imports)
        let name = "\(HostClock.wallMilliseconds)-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).jsonl"
        path = "\(state.imports)/\(name)"
        try Files.create(draft)
    }

    package func add(_ bytes: [UInt8]) throws(FileError) { try Files.add(bytes[...], to: draft) }

    /// - Parameter line: without its break.
    package func add(line: String) throws(FileError) { try Files.add(line + "\n", to: draft) }

    /// - Returns: where it lies now.
    @discardableResult
    package func leave() throws(FileError) -> String {
        guard Files.rename(draft, to: path) else { throw FileError(path: path, number: errno) }
        return path
    }

    package func discard() { Files.remove(draft) }
}
