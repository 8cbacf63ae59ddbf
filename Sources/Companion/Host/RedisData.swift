internal import Domain
internal import Platform

/// The append-only file of the embedded server: a folder with a manifest, a snapshot and what was done since.
package struct RedisData: Sendable {
    let folder: String

    private var path: String { folder + "/appendonlydir" }
    private static let manifest = "appendonly.aof.manifest"
    private static let mark = ".damaged-"

    /// - Returns: where it went; nil where there is none, or it cannot be moved.
    func moveAside() -> String? {
        let aside = "\(path)\(Self.mark)\(HostClock.wallMilliseconds)"
        return Files.rename(path, to: aside) ? aside : nil
    }

    /// Puts in place what of a damaged file is whole: the snapshot, and what was done since up to the first byte that cannot
    /// be understood. What cannot be copied is left out: then there is nothing to be read.
    func salvage(from aside: String) {
        guard let manifest = try? Files.read("\(aside)/\(Self.manifest)", limit: 1 << 20),
            (try? Files.makeFolder(path)) != nil
        else { return }
        var kept: [Substring] = []
        for line in manifest.split(separator: "\n") {
            // file <name> seq <number> type <b, i or h>
            let words = line.split(separator: " ")
            guard words.count == 6, !words[1].contains("/"), words[5] != "h",
                let bytes = try? Files.bytes("\(aside)/\(words[1])", limit: 1 << 34)
            else { break }
            let isSnapshot = words[1].hasSuffix(".rdb")
            let whole = isSnapshot ? bytes.count : Self.wholeCommands(bytes[...])
            guard write(bytes[..<whole], named: String(words[1])) else { break }
            kept.append(line)
            if whole < bytes.count { break }
        }
        let text = kept.joined(separator: "\n") + "\n"
        _ = write(Array(text.utf8)[...], named: Self.manifest)
    }

    func remove() { Files.removeFolder(path) }

    /// The last that was moved aside lies where it lay.
    func putBack() {
        let names = ((try? Files.names(in: folder)) ?? []).filter { $0.hasPrefix("appendonlydir" + Self.mark) }
        guard let last = names.max() else { return }
        remove()
        _ = Files.rename("\(folder)/\(last)", to: path)
    }

    private func write(_ bytes: ArraySlice<UInt8>, named name: String) -> Bool {
        let file = "\(path)/\(name)"
        return (try? Files.create(file)) != nil && (try? Files.add(bytes, to: file)) != nil
    }

    /// How many bytes at the beginning are whole commands, outside of transactions.
    package static func wholeCommands(_ bytes: ArraySlice<UInt8>) -> Int {
        var reader = CommandReader(bytes)
        var whole = 0
        var isInTransaction = false
        while let command = reader.next() {
            if command == "multi" { isInTransaction = true }
            if command == "exec" { isInTransaction = false }
            if !isInTransaction { whole = reader.position - bytes.startIndex }
        }
        return whole
    }
}

/// Reads commands as an append-only file holds them (<https://redis.io/docs/latest/develop/reference/protocol-spec/>).
private struct CommandReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// - Returns: the next command's name in lower case, empty for a remark; nil where there is none that is whole.
    mutating func next() -> String? {
        guard position < bytes.endIndex else { return nil }
        if bytes[position] == UInt8(ascii: "#") { return line() == nil ? nil : "" }
        guard let count = number(after: "*"), count > 0, let name = argument(), !name.isEmpty,
            name.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) })
        else { return nil }
        for _ in 1..<count where argument() == nil { return nil }
        return String(decoding: name, as: UTF8.self).lowercased()
    }

    private mutating func argument() -> ArraySlice<UInt8>? {
        guard let count = number(after: "$"), count <= bytes.endIndex - position - 2 else { return nil }
        let argument = bytes[position..<position + count]
        position += count
        guard bytes[position] == 13, bytes[position + 1] == 10 else { return nil }
        position += 2
        return argument
    }

    private mutating func number(after sign: Unicode.Scalar) -> Int? {
        guard let line = line(), line.first == UInt8(ascii: sign),
            let number = Int(String(decoding: line.dropFirst(), as: UTF8.self)), (0...1 << 30).contains(number)
        else { return nil }
        return number
    }

    /// Up to the next line break, without it.
    private mutating func line() -> ArraySlice<UInt8>? {
        guard let end = bytes[position...].prefix(64).firstIndex(of: 10), end > position, bytes[end - 1] == 13 else {
            return nil
        }
        defer { position = end + 1 }
        return bytes[position..<end - 1]
    }
}
