/// One pass over a text that replaces what the scanners find.
///
/// Most bytes are looked at once, in a table. A scanner is asked only where its secret could begin or be told: at the
/// start of a word, at a separator, at a dash. It may look ahead and back; `ScannedText.end` and fixed limits keep the
/// sum of it linear in the text.
struct SecretScan {
    /// What a byte may be the start of. Only that of words is odd: see `nextStop`.
    private enum Role: UInt8 {
        case none = 0
        case word = 1
        case discord = 2
        case separator = 4
        case either = 6
        case dash = 8
        case backslash = 10
        case percent = 12
        case escape = 14
        case tilde = 16
        case lineEnd = 18
    }

    private static let roles: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        let role: Role =
            switch byte {
            case UInt8(ascii: "M"), UInt8(ascii: "N"), UInt8(ascii: "O"): .discord
            case _ where byte.isAlphanumeric: .word
            case .equals, .colon, UInt8(ascii: ","), UInt8(ascii: ">"): .separator
            case UInt8(ascii: "|"), UInt8(ascii: "?"): .either
            case .dash: .dash
            case .backslash: .backslash
            case UInt8(ascii: "%"): .percent
            case 27: .escape
            case UInt8(ascii: "~"): .tilde
            case .newline: .lineEnd
            default: .none
            }
        return role.rawValue
    }

    private let roles = Self.roles
    private var text: ScannedText
    private let tokens = TokenIndex.shared
    private var output: [UInt8] = []
    /// As far as the text is in the output.
    private var copied = 0
    private var surroundings = NamedSecrets.Surroundings()
    private var commands = CommandLines()
    /// An AWS access key id stands a little before this place.
    private var awsPairEnd = 0

    init(_ bytes: [UInt8]) {
        text = ScannedText(bytes)
    }

    /// - Parameter found: what was found before, in order.
    mutating func run(besides found: [Finding] = []) -> [UInt8] {
        var found = found[...]
        var at = 0
        while true {
            at = nextStop(from: at)
            // What was found before goes before what is found here.
            while let first = found.first, first.range.lowerBound <= at {
                found.removeFirst()
                guard first.range.lowerBound >= copied else { continue }
                replace(first)
                at = max(at, copied)
            }
            guard at < text.count else { break }
            let role = Role(rawValue: roles[Int(text.bytes[at])]) ?? .none
            if let finding = finding(role, at), finding.range.lowerBound >= copied,
                finding.range.upperBound <= found.first?.range.lowerBound ?? text.count
            {
                replace(finding)
            }
            at = max(at + 1, copied)
        }
        guard copied > 0 else { return text.bytes }
        output += text.bytes[copied...]
        return output
    }

    /// The next place where a scanner wants to look.
    ///
    /// Most of the time goes by here: hence no bounds checks, and one branch per byte, since where words begin is what a
    /// processor cannot foretell.
    private func nextStop(from start: Int) -> Int {
        unsafe text.bytes.withUnsafeBufferPointer { bytes in
            unsafe roles.withUnsafeBufferPointer { roles in
                unsafe tokens.groupOfKey.withUnsafeBufferPointer { groups in
                    let anyWord: UInt8 = start < awsPairEnd ? 1 : 0
                    var previous = start > 0 && start <= bytes.count ? unsafe roles[Int(bytes[start - 1])] : 0
                    var at = start
                    while at + 2 < bytes.count {
                        let byte = unsafe bytes[at]
                        let role = unsafe roles[Int(byte)]
                        let group = unsafe groups[TokenIndex.key(byte, bytes[at + 1], bytes[at + 2])]
                        let isAwaited = (group > 0 ? 1 : 0) | anyWord
                        if role &>> 1 | role & ~previous & isAwaited != 0 { return at }
                        previous = role
                        at += 1
                    }
                    // No scanner needs to see the last two bytes as a start, but for a line end.
                    while at < bytes.count, unsafe roles[Int(bytes[at])] < 2 { at += 1 }
                    return at
                }
            }
        }
    }

    private mutating func replace(_ finding: Finding) {
        output += text.bytes[copied..<finding.range.lowerBound]
        output += "[redacted:\(finding.kind)]".utf8
        copied = finding.range.upperBound
        if finding.kind == "aws-access-key" { awsPairEnd = copied + 200 }
    }

    private mutating func finding(_ role: Role, _ at: Int) -> Finding? {
        switch role {
        case .none: return nil
        case .word, .discord: return text.isWordStart(at) ? word(at) : nil
        case .separator: return separator(at)
        case .either: return text[at + 1] == text[at] ? NamedSecrets.find(&text, at: at, &surroundings) : nil
        case .dash: return dash(at)
        case .tilde: return TokenShapes.azureClientSecret(&text, at: at)
        case .lineEnd:
            commands.endLine(text, at: at)
            return nil
        // Behind `\n`, `%3D` and `ESC[32m` a word begins that looks as if it went on.
        case .backslash: return "nrtbf".utf8.contains(text[at + 1]) ? word(at + 2) : nil
        case .percent: return Alphabet.hexadecimal.contains(text[at + 2]) ? word(at + 3) : nil
        case .escape:
            var end = at + 1
            while end - at < 16, !text[end].isLetter { end += 1 }
            return word(end + 1)
        }
    }

    private mutating func word(_ at: Int) -> Finding? {
        if let token = tokens.find(&text, at: at) { return token }
        switch text[at].lowered {
        case UInt8(ascii: "b"):
            if let finding = AuthorizationHeaders.findScheme(&text, at: at) { return finding }
        case UInt8(ascii: "p"):
            if text.startsIgnoringCase(with: "password ", at: at) { return NamedSecrets.findSpoken(&text, at: at) }
            if text[at] == UInt8(ascii: "P"), let finding = PrivateKeys.findPuTTY(&text, at: at) { return finding }
        default: break
        }
        commands.note(&text, at: at)
        return at < awsPairEnd ? TokenShapes.awsSecretKey(&text, at: at) : nil
    }

    private mutating func separator(_ at: Int) -> Finding? {
        if text[at] == .colon {
            if text[at + 1] == .slash {
                guard let finding = URLPasswords.find(text, at: at) else { return nil }
                return named(finding)
            }
            if let finding = TokenShapes.telegramToken(&text, at: at) { return finding }
            if let finding = PasswordFiles.find(&text, at: at) { return finding }
        }
        return NamedSecrets.find(&text, at: at, &surroundings)
    }

    private mutating func dash(_ at: Int) -> Finding? {
        if text[at + 1] == .dash {
            if text[at + 2] == .dash { return PrivateKeys.find(&text, at: at, notBefore: copied) }
            if !Alphabet.path.contains(text[at - 1]), let finding = NamedSecrets.findOption(&text, at: at) {
                return finding
            }
        }
        return commands.find(&text, at: at) ?? TokenShapes.mailchimpKey(text, at: at)
    }

    /// A token in the place of a password is called by its own kind.
    private mutating func named(_ finding: Finding) -> Finding {
        guard let token = tokens.find(&text, at: finding.range.lowerBound),
            token.range.lowerBound == finding.range.lowerBound
        else { return finding }
        return Finding(kind: token.kind, range: finding.range)
    }
}
