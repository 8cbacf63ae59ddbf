internal import Glibc

/// Drops what a person marked as private: `<private>…</private>`, with the tags. Sections may be nested; one that is not
/// closed goes to the end of the text.
///
/// `Box<Private>` is an argument of a type, where nothing closes it.
///
/// Tags are looked for in what is kept, at each `>`: dropping a section may make a tag of what was on its two sides, and
/// that is one as well.
enum PrivateSections {
    private static let opening = Array("<private>".utf8)
    private static let closing = Array("</private>".utf8)

    static func dropped(from bytes: [UInt8]) -> [UInt8] {
        guard mayHold(bytes) else { return bytes }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        // Where the open sections began in `kept`; only the outermost counts in the end.
        var start = 0
        var depth = 0
        let lastClosing =
            bytes.indices.last { bytes[$0] == UInt8(ascii: "<") && holds(closing, in: bytes, at: $0) } ?? 0
        for (index, byte) in bytes.enumerated() {
            kept.append(byte)
            guard byte == UInt8(ascii: ">") else { continue }
            if ends(kept, with: opening), index < lastClosing || !isTypeArgument(kept) {
                if depth == 0 { start = kept.count - opening.count }
                depth += 1
            } else if depth > 0, ends(kept, with: closing) {
                depth -= 1
                if depth == 0 { kept.removeSubrange(start...) }
            }
        }
        if depth > 0 { kept.removeSubrange(start...) }
        return kept
    }

    private static func isTypeArgument(_ kept: [UInt8]) -> Bool {
        let start = kept.count - opening.count
        return start > 0 && kept[start + 1].isUpper
            && (kept[start - 1].isAlphanumeric || kept[start - 1] == .underscore)
    }

    private static func holds(_ tag: [UInt8], in bytes: [UInt8], at start: Int) -> Bool {
        start + tag.count <= bytes.count && tag.indices.allSatisfy { bytes[start + $0].lowered == tag[$0] }
    }

    private static func ends(_ bytes: [UInt8], with tag: [UInt8]) -> Bool {
        guard bytes.count >= tag.count else { return false }
        let start = bytes.count - tag.count
        return tag.indices.allSatisfy { bytes[start + $0].lowered == tag[$0] }
    }

    private static func mayHold(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var at = 0
            while at + opening.count <= bytes.count,
                let next = unsafe memchr(base + at, Int32(UInt8(ascii: "<")), bytes.count - at)
            {
                at = unsafe UnsafeRawPointer(next) - base
                guard at + opening.count <= bytes.count else { return false }
                if opening.indices.allSatisfy({ unsafe bytes[at + $0].lowered == opening[$0] }) { return true }
                at += 1
            }
            return false
        }
    }
}
