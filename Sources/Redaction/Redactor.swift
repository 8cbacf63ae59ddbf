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
