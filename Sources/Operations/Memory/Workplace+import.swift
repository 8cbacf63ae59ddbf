internal import Glibc
package import Platform
internal import Settings
internal import Storage

extension Workplace {
    /// Leaves exported episodes for the companion, who alone writes the archive.
    /// - Returns: the file.
    /// - Throws: `FileError`.
    package func leave(exported lines: String) throws(FileError) -> String {
        let folder = settings.state.imports
        try Files.makeFolder(folder)
        let path = "\(folder)/\(HostClock.wallMilliseconds)-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).jsonl"
        try Files.write(lines, to: path)
        // Whoever listens looks at once; if nobody does, the file waits.
        if var connection = try? connect() { try? connection.wakeDrains(of: queue) }
        return path
    }
}
