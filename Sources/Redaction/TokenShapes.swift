/// Tokens that are known by their build instead of a prefix.
enum TokenShapes {
    /// `eyJ….eyJ….signature`: header and claims are JSON objects in base64.
    static func jsonWebToken(_ text: inout ScannedText, at start: Int) -> Finding? {
        guard text.starts(with: Array("eyJ".utf8), at: start) else { return nil }
        let header = text.end(of: .base64URL, from: start)
        guard header - start >= 16, text[header] == .dot else { return nil }
        let claims = text.end(of: .base64URL, from: header + 1)
        guard claims - header > 8 else { return nil }
        var end = claims
        if text[claims] == .dot { end = text.end(of: .base64URL, from: claims + 1) }
        // Five parts: an encrypted one (RFC 7516).
        var parts = 3
        while parts < 5, text[end] == .dot, Alphabet.base64URL.contains(text[end + 1]) {
            end = text.end(of: .base64URL, from: end + 1)
            parts += 1
        }
        let isSigned = text.starts(with: Array("eyJ".utf8), at: header + 1) || parts == 5
        guard isSigned, end - start >= 40, !PublicExamples.contains(text, start..<end) else { return nil }
        return Finding(kind: "jwt", range: start..<end)
    }

    /// A private key in its frame, as base64: `client-key-data` of a kubeconfig.
    static func encodedPrivateKey(_ text: inout ScannedText, at start: Int) -> Finding? {
        let end = text.end(of: .base64, from: start)
        guard end - start >= 64, let head = Base64.decoded(text, start..<min(end, start + 64)),
            head.starts(with: "-----BEGIN ".utf8)
        else { return nil }
        let frame = ScannedText(head, steps: text.steps)
        return frame.contains("private key", in: 0..<head.count)
            ? Finding(kind: "private-key", range: start..<end) : nil
    }

    /// A JSON web token, as base64.
    static func encodedJSONWebToken(_ text: inout ScannedText, at start: Int) -> Finding? {
        let end = text.end(of: .base64, from: start)
        guard end - start >= 70, let head = Base64.decoded(text, start..<min(end, start + 512)),
            head.starts(with: "eyJ".utf8), head.contains(.dot)
        else { return nil }
        return Finding(kind: "jwt", range: start..<end)
    }

    /// `<bot id in base64>.<time>.<signature>`; ids are decimal, so the first letter is M, N or O.
    static func discordToken(_ text: inout ScannedText, at start: Int) -> Finding? {
        let id = text.end(of: .base64URL, from: start)
        guard (23...28).contains(id - start), text[id] == .dot else { return nil }
        let time = text.end(of: .base64URL, from: id + 1)
        guard (6...7).contains(time - id - 1), text[time] == .dot else { return nil }
        let end = text.end(of: .base64URL, from: time + 1)
        guard (27...45).contains(end - time - 1), Randomness.isRandom(text, start..<end) else { return nil }
        return Finding(kind: "discord-token", range: start..<end)
    }

    /// `<bot id>:AA<33 more>`.
    /// - Parameter colon: where the colon is.
    static func telegramToken(_ text: inout ScannedText, at colon: Int) -> Finding? {
        guard text[colon + 1] == UInt8(ascii: "A"), text[colon - 1].isDigit else { return nil }
        let end = text.end(of: .base64URL, from: colon + 1)
        guard end - colon - 1 == 35 else { return nil }
        var start = colon
        while text[start - 1].isDigit, colon - start <= 12 { start -= 1 }
        guard (6...12).contains(colon - start), !Placeholders.isPlaceholder(text, (colon + 1)..<end) else { return nil }
        return Finding(kind: "telegram-token", range: start..<end)
    }

    /// `kqg8Q~` and 31 to 34 more.
    ///
    /// It begins where its run does: within a longer one, each that is taken off the end would show the next.
    /// - Parameter tilde: where the tilde is.
    static func azureClientSecret(_ text: inout ScannedText, at tilde: Int) -> Finding? {
        guard text[tilde - 1] == UInt8(ascii: "Q"), text[tilde - 2].isDigit else { return nil }
        let start = tilde - 5
        guard start >= 0 else { return nil }
        for index in start..<(tilde - 2) where !isOfAzure(text[index]) { return nil }
        guard !isOfAzure(text[start - 1]) || text.isBehindEscape(start) else { return nil }
        let end = text.end(of: .credential, from: tilde + 1)
        guard end - tilde - 1 >= 31, end - tilde - 1 <= 40 else { return nil }
        return Finding(kind: "azure-client-secret", range: start..<end)
    }

    private static func isOfAzure(_ byte: UInt8) -> Bool { Alphabet.dotted.contains(byte) || byte == UInt8(ascii: "~") }

    /// `<14 letters>.atlasv1.<60 and more>` of Terraform Cloud.
    static func terraformToken(_ text: inout ScannedText, at start: Int) -> Finding? {
        guard text.starts(with: Array("atlasv1.".utf8), at: start), text[start - 1] == .dot else { return nil }
        let end = text.end(of: .base64URL, from: start + 8)
        guard end - start >= 50 else { return nil }
        var id = start - 1
        while id > 0, start - id <= 16, text[id - 1].isAlphanumeric { id -= 1 }
        return Finding(kind: "terraform-token", range: id..<end)
    }

    /// `pat<14>.<64 hexadecimal>` of Airtable.
    static func airtableToken(_ text: inout ScannedText, at start: Int) -> Finding? {
        let id = text.end(of: .alphanumeric, from: start)
        guard id - start == 17, text.starts(with: Array("pat".utf8), at: start), text[id] == .dot else { return nil }
        let end = text.end(of: .hexadecimal, from: id + 1)
        return end - id - 1 == 64 ? Finding(kind: "airtable-token", range: start..<end) : nil
    }

    /// `<32 hexadecimal>-us21` of Mailchimp.
    /// - Parameter dash: where the dash is.
    static func mailchimpKey(_ text: ScannedText, at dash: Int) -> Finding? {
        guard text[dash + 1] == UInt8(ascii: "u"), text[dash + 2] == UInt8(ascii: "s"), text[dash + 3].isDigit,
            dash >= 32, text.isWordStart(dash - 32)
        else { return nil }
        for index in (dash - 32)..<dash where !Alphabet.hexadecimal.contains(text[index]) { return nil }
        let end = text[dash + 4].isDigit ? dash + 5 : dash + 4
        guard !Alphabet.word.contains(text[end]) else { return nil }
        return Finding(kind: "mailchimp-key", range: (dash - 32)..<end)
    }

    /// `<32 hexadecimal>-<8>-<8>` of Mailgun.
    /// - Parameter dash: where the first dash is.
    static func mailgunKey(_ text: ScannedText, at dash: Int) -> Finding? {
        guard dash >= 32, text[dash + 9] == .dash, text.isWordStart(dash - 32) else { return nil }
        let end = dash + 18
        for index in (dash - 32)..<end where index != dash && index != dash + 9 {
            guard text[index].isDigit || 97...102 ~= text[index] else { return nil }
        }
        guard !Alphabet.base64URL.contains(text[end]), Randomness.isVaried(text, (dash - 32)..<dash) else { return nil }
        return Finding(kind: "mailgun-key", range: (dash - 32)..<end)
    }

    /// `AAAA<7>:APA91b…` of Firebase's messages.
    /// - Parameter colon: where the colon is.
    static func firebaseKey(_ text: inout ScannedText, at colon: Int) -> Finding? {
        guard text.starts(with: Array("APA91b".utf8), at: colon + 1),
            text.starts(with: Array("AAAA".utf8), at: colon - 11)
        else { return nil }
        let end = text.end(of: .base64URL, from: colon + 1)
        return end - colon > 100 ? Finding(kind: "firebase-key", range: (colon - 11)..<end) : nil
    }

    /// `00D<12 or 15>!<96>` of a Salesforce session.
    static func salesforceToken(_ text: inout ScannedText, at start: Int) -> Finding? {
        let id = text.end(of: .alphanumeric, from: start)
        guard id - start == 15 || id - start == 18, text.starts(with: Array("00D".utf8), at: start),
            text[id] == UInt8(ascii: "!")
        else { return nil }
        let end = text.end(of: .credential, from: id + 1)
        return end - id > 60 ? Finding(kind: "salesforce-token", range: start..<end) : nil
    }

    /// Forty characters of base64 near an access key id, as in a table of credentials.
    static func awsSecretKey(_ text: inout ScannedText, at start: Int) -> Finding? {
        let end = text.end(of: .base64, from: start)
        guard end - start == 40 else { return nil }
        let profile = Randomness.profile(text, start..<end)
        guard profile.upper > 3, profile.lower > 3, profile.digits > 0, profile.switchRate > 0.25,
            !Placeholders.isPlaceholder(text, start..<end), !PublicExamples.contains(text, start..<end)
        else { return nil }
        return Finding(kind: "aws-secret-key", range: start..<end)
    }
}
