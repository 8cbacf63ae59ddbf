/// A path as Holdfast shows and compares it: `C:\a\b` and Git Bash's `/c/a/b` are both `C:/a/b`.
package enum ProjectPath {
    /// - Parameter onWindows: whether `/c/a` is Git Bash for a drive, and not a folder of a Unix.
    package static func normalised(_ path: String, onWindows: Bool = true) -> String {
        let bytes = Array(path.utf8)
        guard bytes.count >= 2 else { return path }
        if isLetter(bytes[0]), bytes[1] == UInt8(ascii: ":"),
            bytes.count == 2 || bytes[2] == UInt8(ascii: "\\") || bytes[2] == UInt8(ascii: "/")
        {
            return upper(bytes[0]) + ":" + forward(bytes[2...])
        }
        if onWindows, bytes[0] == UInt8(ascii: "/"), isLetter(bytes[1]), bytes.count > 2, bytes[2] == UInt8(ascii: "/")
        {
            return upper(bytes[1]) + ":" + forward(bytes[2...])
        }
        // A share: \\server\folder
        if bytes[0] == UInt8(ascii: "\\"), bytes[1] == UInt8(ascii: "\\") { return forward(bytes[...]) }
        return path
    }

    /// A normalised path as seen from a folder.
    package static func relative(_ path: String, to folder: String) -> String {
        let folder = normalised(folder, onWindows: isOfWindows(folder))
        guard !folder.isEmpty, path.hasPrefix(folder + "/") else { return path }
        return String(path.dropFirst(folder.count + 1))
    }

    /// Whether a folder's path is one of Windows.
    package static func isOfWindows(_ path: String) -> Bool {
        let bytes = Array(path.utf8.prefix(3))
        return bytes.count >= 2 && isLetter(bytes[0]) && bytes[1] == UInt8(ascii: ":")
            || bytes.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
    }

    /// Where a path of a Windows client lies for a hook that runs in its Linux. Any other path is left as it is.
    /// - Parameter root: of the drives (`WindowsDrives`).
    package static func mounted(_ path: String, root: String) -> String {
        let bytes = Array(path.utf8)
        guard bytes.count > 2, isLetter(bytes[0]), bytes[1] == UInt8(ascii: ":"),
            bytes[2] == UInt8(ascii: "\\") || bytes[2] == UInt8(ascii: "/")
        else { return path }
        return root + "/" + String(UnicodeScalar(bytes[0] | 0x20)) + forward(bytes[2...])
    }

    private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }

    private static func upper(_ byte: UInt8) -> String { String(UnicodeScalar(byte & ~0x20)) }

    private static func forward(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
    }
}
