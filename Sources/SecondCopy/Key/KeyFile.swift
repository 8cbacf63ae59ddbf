internal import Platform

/// The file that holds the keys, this user's alone: one key a line in 64 hexadecimal digits, newest first; lines that begin
/// with `#` are for people.
package struct KeyFile: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Of a file that holds more nobody knows what it is. 1,000 keys have room.
    private static let limit = 1 << 16

    package func read() throws(CopyError) -> CopyKey {
        guard let key = CopyKey(keys: try keys()) else { throw locked("\(path) holds no key") }
        return key
    }

    /// Makes the file with a first key.
    /// - Throws: `locked` where there is a file already: a key that is lost takes the copy along.
    @discardableResult package func make() throws(CopyError) -> CopyKey {
        guard (try? Files.status(path, followingLinks: false)) == nil else {
            throw locked("\(path) is there already; rotate it for a new key")
        }
        let key = Self.random()
        do throws(FileError) {
            try PrivateFile.create(path, holding: Self.text([key]))
        } catch {
            throw CopyError(error)
        }
        return try read()
    }

    /// Puts a new key before those that are there, which go on opening what they closed.
    @discardableResult package func rotate() throws(CopyError) -> CopyKey {
        let keys = [Self.random()] + (try keys())
        do throws(FileError) {
            try Files.write(Self.text(keys), to: path, isSynced: true)
        } catch {
            throw CopyError(error)
        }
        return try read()
    }

    private func keys() throws(CopyError) -> [[UInt8]] {
        let text: String
        do throws(PrivateFile.Fault) {
            text = try PrivateFile.read(path, isNamed: true, limit: Self.limit)
        } catch {
            throw locked("the key cannot be read from \(path): \(error.reason)")
        }
        guard text.utf8.count < Self.limit else { throw locked("\(path) is too large for a key file") }
        var keys: [[UInt8]] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let digits = line.filter { !$0.isWhitespace }
            if digits.isEmpty || digits.hasPrefix("#") { continue }
            guard let key = Hexadecimal.bytes(digits), key.count == CopyKey.length else {
                // The line itself is not shown: all but one digit of it may be a key.
                throw locked("line \(number + 1) of \(path) is no key; one has 64 hexadecimal digits")
            }
            keys.append(key)
        }
        return keys
    }

    private func locked(_ reason: String) -> CopyError { .locked(reason: reason, marks: []) }

    private static func random() -> [UInt8] {
        var source = SystemRandomNumberGenerator()
        return (0..<CopyKey.length).map { _ in UInt8.random(in: 0...255, using: &source) }
    }

    private static func text(_ keys: [[UInt8]]) -> String {
        let comment = CopyKey.warning.split(separator: "\n").map { "# \($0)\n" }.joined()
        return comment + keys.map { Hexadecimal.text($0) + "\n" }.joined()
    }
}
