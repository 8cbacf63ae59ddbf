internal import Platform

/// Where a Linux that runs on Windows finds the drives of that
/// (<https://learn.microsoft.com/windows/wsl/wsl-config#automount-settings>).
package enum WindowsDrives {
    package static let configuration = "/etc/wsl.conf"

    /// - Parameter path: of the configuration; where it is missing or says nothing, drives are mounted under `/mnt`.
    /// - Returns: the folder that holds `c`, without a slash at its end; empty for that of the file system itself.
    package static func root(by path: String = configuration) -> String {
        // What cannot be read says nothing: then it is as Windows does it by itself.
        let text = (try? Files.read(path, limit: 64 << 10)) ?? ""
        var section = "", root = "/mnt"
        for line in text.split(whereSeparator: \.isNewline) {
            let words = trimmed(line)
            if words.first == "[", words.last == "]" {
                section = words.dropFirst().dropLast().lowercased()
            } else if section == "automount", let equals = words.firstIndex(of: "="),
                trimmed(words[..<equals]).lowercased() == "root"
            {
                let value = trimmed(words[words.index(after: equals)...]).filter { $0 != "\"" }
                if value.first == "/" { root = value }
            }
        }
        while root.last == "/" { root.removeLast() }
        return root
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
