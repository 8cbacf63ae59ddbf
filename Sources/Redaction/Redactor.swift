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
    package func redact(_ bytes: [UInt8]) -> [UInt8] { redact(bytes, steps: StepCount()) }

    func redact(_ bytes: [UInt8], steps: StepCount) -> [UInt8] {
        var text = bytes
        // A mark reads differently from the secret it stands for, and now and then lets something behind it be seen:
        // a text that was changed is read again. The limit is for texts made to go on for ever: what still changes
        // then goes whole, first where it changes, at last all of it.
        for reading in 0..<2 * Self.mostReadings {
            let redacted = redactedOnce(text, steps)
            if redacted == text { return text }
            text = reading < Self.mostReadings ? redacted : Self.settled(text, changedTo: redacted)
        }
        return redactedOnce(text, steps) == text ? text : Self.unsettled
    }

    private static let unsettled = Array("[redacted:secret]".utf8)

    /// The text with a mark in place of all its lines from the first that changes to the last.
    static func settled(_ text: [UInt8], changedTo redacted: [UInt8]) -> [UInt8] {
        let shorter = min(text.count, redacted.count)
        let head = (0..<shorter).first { text[$0] != redacted[$0] } ?? shorter
        let tail =
            (0..<shorter - head).first { text[text.count - 1 - $0] != redacted[redacted.count - 1 - $0] }
            ?? shorter - head
        let start = text[..<head].lastIndex(of: .newline).map { $0 + 1 } ?? 0
        let end = text[(text.count - tail)...].firstIndex(of: .newline) ?? text.count
        return text[..<start] + unsettled + text[end...]
    }

    private static let mostReadings = 8

    private func redactedOnce(_ bytes: [UInt8], _ steps: StepCount) -> [UInt8] {
        var text = PrivateSections.dropped(from: bytes)
        text = Self.replacing(SecretScan.findings(in: text, steps: steps), in: text)
        if let reading = PlainReading(text, steps: steps) {
            let found = SecretScan.findings(in: reading.bytes, joints: reading.joints, steps: steps)
            let sections = PrivateSections.find(in: reading.bytes, onlyClosed: true)
            text = Self.replacing(found, in: text, sections, reading)
        }
        for pattern in extraPatterns { text = pattern.redact(text) }
        return text
    }

    private static func replacing(_ found: [Finding], in text: [UInt8]) -> [UInt8] {
        guard !found.isEmpty else { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var copied = 0
        for finding in found {
            output += text[copied..<finding.range.lowerBound]
            output += finding.mark
            copied = finding.range.upperBound
        }
        return output + text[copied...]
    }

    /// - Parameter sections: private ones, which go without a mark and with all that is found in them.
    private static func replacing(
        _ found: [Finding], in text: [UInt8], _ sections: [Range<Int>], _ reading: PlainReading
    ) -> [UInt8] {
        var all: [Finding] = []
        var rest = sections[...]
        for finding in found {
            while let section = rest.first, section.lowerBound <= finding.range.lowerBound {
                all.append(Finding(kind: "", range: section))
                rest.removeFirst()
            }
            if let last = all.last, last.range.upperBound > finding.range.lowerBound { continue }
            if let section = rest.first, section.lowerBound < finding.range.upperBound { continue }
            all.append(finding)
        }
        all += rest.map { Finding(kind: "", range: $0) }
        return replacing(all.map { Finding(kind: $0.kind, range: reading.source(of: $0.range)) }, in: text)
    }
}

/// A secret in a text.
struct Finding {
    /// Empty for what goes without a mark.
    var kind: String
    var range: Range<Int>

    var mark: [UInt8] { kind.isEmpty ? [] : Array("[redacted:\(kind)]".utf8) }
}

/// Drops what a person marked as private: `<private>…</private>`, with the tags. Sections may be nested; one that is not
/// closed goes to the end of the text.
///
/// `Box<Private>` is an argument of a type, where nothing closes it.
///
/// Tags are looked for in what is kept, at each `>`: dropping a section may make a tag of what was on its two sides, and
/// that is one as well.
package enum PrivateSections {
    private static let opening = Array("<private>".utf8)
    private static let closing = Array("</private>".utf8)

    package static func dropped(from bytes: [UInt8]) -> [UInt8] {
        let sections = find(in: bytes)
        guard !sections.isEmpty else { return bytes }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var copied = 0
        for section in sections {
            kept += bytes[copied..<section.lowerBound]
            copied = section.upperBound
        }
        return kept + bytes[copied...]
    }

    /// The sections with their tags, in order.
    package static func find(in bytes: [UInt8], onlyClosed: Bool = false) -> [Range<Int>] {
        guard mayHold(bytes) else { return [] }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        /// Where each byte of `kept` stands.
        var places: [Int] = []
        places.reserveCapacity(bytes.count)
        var sections: [Range<Int>] = []
        // Where the open sections began in `kept`; only the outermost counts in the end.
        var start = 0
        var depth = 0
        func drop(to end: Int) {
            let section = places[start]..<end
            while let last = sections.last, last.lowerBound >= section.lowerBound { sections.removeLast() }
            sections.append(section)
            kept.removeSubrange(start...)
            places.removeSubrange(start...)
        }
        let lastClosing =
            bytes.indices.last { bytes[$0] == UInt8(ascii: "<") && holds(closing, in: bytes, at: $0) } ?? 0
        for (index, byte) in bytes.enumerated() {
            kept.append(byte)
            places.append(index)
            guard byte == UInt8(ascii: ">") else { continue }
            if ends(kept, with: opening), index < lastClosing || !isTypeArgument(kept) {
                if depth == 0 { start = kept.count - opening.count }
                depth += 1
            } else if depth > 0, ends(kept, with: closing) {
                depth -= 1
                if depth == 0 { drop(to: index + 1) }
            }
        }
        if depth > 0, !onlyClosed { drop(to: bytes.count) }
        return sections
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
