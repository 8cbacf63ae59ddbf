internal import Domain

/// The header of a file in a tar archive (POSIX.1-2017, pax, "ustar Interchange Format").
struct TarHeader: Equatable {
    static let blockSize = 512

    var name: String
    /// Bytes.
    var size: Int64
    /// `0` a file; `x` further fields of the next; `L` its name, as GNU's tar writes long ones.
    var type: Character = "0"

    /// Bytes behind a file's content, so that the next header begins with a block.
    static func padding(after size: Int64) -> Int { Int((512 - size % 512) % 512) }

    /// With a pax header before it where the name does not fit.
    func blocks(milliseconds: Int64) -> [UInt8] {
        guard name.utf8.count > 100 else { return block(name: name, milliseconds: milliseconds) }
        var length = name.utf8.count + 8
        while "\(length) path=\(name)\n".utf8.count != length { length = "\(length) path=\(name)\n".utf8.count }
        let field = Array("\(length) path=\(name)\n".utf8)
        let pax = TarHeader(name: "pax", size: Int64(field.count), type: "x")
        return pax.block(name: "pax", milliseconds: milliseconds) + field
            + [UInt8](repeating: 0, count: Self.padding(after: pax.size))
            + block(name: String(decoding: name.utf8.suffix(100), as: UTF8.self), milliseconds: milliseconds)
    }

    private func block(name: String, milliseconds: Int64) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ text: String, at place: Int) {
            for (index, byte) in text.utf8.enumerated() { block[place + index] = byte }
        }
        func octal(_ number: Int64, digits: Int) -> String {
            String(UInt64(clamping: number), digits: digits, radix: 8)
        }
        put(name, at: 0)
        put(octal(0o600, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(milliseconds / 1000, digits: 11), at: 136)
        put("        ", at: 148)
        put(String(type), at: 156)
        put("ustar\u{0}00", at: 257)
        put(octal(block.reduce(0) { $0 + Int64($1) }, digits: 6) + "\u{0} ", at: 148)
        return block
    }

    /// - Returns: nil for a block of zeros, which ends an archive.
    /// - Throws: `rejected` for what is no header.
    init?(_ block: [UInt8]) throws(VaultError) {
        guard block.contains(where: { $0 != 0 }) else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: block[range].prefix { $0 != 0 }, as: UTF8.self) }
        func octal(_ range: Range<Int>) -> Int64? { Int64(text(range).filter { $0 != " " }, radix: 8) }
        let sum = block.enumerated().reduce(Int64(0)) { $0 + (148..<156 ~= $1.offset ? 32 : Int64($1.element)) }
        guard let size = octal(124..<136), size >= 0, octal(148..<156) == sum else {
            throw .rejected(reason: "this is no tar archive that 'holdfast vault export' wrote")
        }
        let prefix = text(257..<262) == "ustar" ? text(345..<500) : ""
        name = prefix.isEmpty ? text(0..<100) : prefix + "/" + text(0..<100)
        self.size = size
        type = Character(UnicodeScalar(block[156] == 0 ? UInt8(ascii: "0") : block[156]))
    }

    init(name: String, size: Int64, type: Character = "0") {
        self.name = name
        self.size = size
        self.type = type
    }
}

/// The files of a tar archive, one after the other.
struct TarReader {
    private let next: (Int) throws(VaultError) -> [UInt8]
    /// Of the current file, what is not read yet, and its padding.
    private var left: Int64 = 0
    private var padding = 0

    /// - Parameter next: the next bytes, so many; fewer at the end.
    init(_ next: @escaping (Int) throws(VaultError) -> [UInt8]) { self.next = next }

    private static let nameLimit: Int64 = 64 << 10

    /// Goes to the next file.
    /// - Returns: nil at the end.
    mutating func header() throws(VaultError) -> TarHeader? {
        var longName: String?
        while true {
            while left > 0 { _ = try content(atMost: 1 << 20) }
            _ = try next(padding)
            padding = 0
            let block = try next(TarHeader.blockSize)
            guard block.count == TarHeader.blockSize, var header = try TarHeader(block) else { return nil }
            left = header.size
            padding = TarHeader.padding(after: header.size)
            switch header.type {
            case "x", "L":
                guard header.size <= Self.nameLimit else {
                    throw .rejected(reason: "a name in the archive is too long")
                }
                let text = String(decoding: try content(atMost: Int(header.size)), as: UTF8.self)
                longName = header.type == "L" ? String(text.prefix { $0 != "\u{0}" }) : Self.path(in: text) ?? longName
            case "0":
                header.name = longName ?? header.name
                return header
            // Folders, links and what else there may be.
            default: longName = nil
            }
        }
    }

    /// Each field says how long it is: a name may hold what ends a line.
    private static func path(in fields: String) -> String? {
        var rest = Array(fields.utf8)[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
            let digits = String(decoding: rest[..<space], as: UTF8.self)
            guard let length = Int(digits), length > space - rest.startIndex, length <= rest.count else { return nil }
            let field = rest[(space + 1)..<(rest.startIndex + length)].dropLast()
            if field.starts(with: "path=".utf8) { return String(decoding: field.dropFirst(5), as: UTF8.self) }
            rest = rest.dropFirst(length)
        }
        return nil
    }

    /// The next bytes of the current file; none at its end.
    mutating func content(atMost count: Int) throws(VaultError) -> [UInt8] {
        let wanted = Int(min(Int64(count), left))
        guard wanted > 0 else { return [] }
        let bytes = try next(wanted)
        guard bytes.count == wanted else { throw .rejected(reason: "the archive ends in the middle of a file") }
        left -= Int64(wanted)
        return bytes
    }
}
