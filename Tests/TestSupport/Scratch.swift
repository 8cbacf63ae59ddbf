internal import Glibc
internal import Platform
internal import Settings

/// A folder of a test's own, removed with all that is in it when the value dies.
package final class Scratch: Sendable {
    package let path: String

    package init() throws {
        let base = Settings.processEnvironment["TMPDIR"] ?? "/tmp"
        path = "\(base)/holdfast-test-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try Files.makeFolder(path)
    }

    deinit { Files.removeFolder(path) }

    /// Writes a script that can be run.
    @discardableResult
    package func writeExecutable(_ text: String, to name: String) throws -> String {
        let file = try write(text, to: name)
        guard unsafe chmod(file, 0o700) == 0 else { throw FileError(path: file, number: errno) }
        return file
    }

    /// Writes a file, with the folders above it.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        if let slash = file.lastIndex(of: "/") { try Files.makeFolder(String(file[..<slash])) }
        try Files.write(text, to: file)
        return file
    }

    /// - Returns: nil when there is no such file.
    package func read(_ name: String) -> String? { try? Files.read("\(path)/\(name)") }
}
