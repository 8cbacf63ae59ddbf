internal import Glibc

/// Takes secrets out of a text before it goes anywhere: each becomes `[redacted:<kind>]`, and the public text around it
/// stays. What a person marked `<private>…</private>` is dropped.
///
/// It wants a decoded text, not lines of JSON. The time it takes is linear in the text, whatever that is, and redacting
/// twice is as good as once.
package struct Redactor: Sendable {
    private let extraPatterns: [SecretPattern]

    package init(extraPatterns: [SecretPattern] = []) {
        self.extraPatterns = extraPatterns
    }

    package func redact(_ text: String) -> String {
        String(decoding: redact(Array(text.utf8)), as: UTF8.self)
    }

    /// - Parameter bytes: UTF-8; what is invalid in it stays as it is.
    package func redact(_ bytes: [UInt8]) -> [UInt8] {
        var text = bytes
        // A mark reads differently from the secret it stands for, and now and then lets something behind it be seen:
        // a text that was changed is read again. The limit is for texts made to go on for ever.
        for _ in 0..<Self.mostReadings {
            let redacted = redactedOnce(text)
            if redacted == text { break }
            text = redacted
        }
        return text
    }

    private static let mostReadings = 8

    private func redactedOnce(_ bytes: [UInt8]) -> [UInt8] {
        let kept = PrivateSections.dropped(from: bytes)
        var text = ScannedText(kept)
        let found = KubernetesSecrets.find(&text)
        var scan = SecretScan(kept)
        var redacted = scan.run(besides: found)
        for pattern in extraPatterns { redacted = pattern.redact(redacted) }
        return redacted
    }
}

/// A secret in a text.
struct Finding {
    var kind: String
    var range: Range<Int>
}

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
