/// One pass over a text that collects what the scanners find.
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
        case wideColon = 20
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
            case 0x9A: .wideColon
            default: .none
            }
        return role.rawValue
    }

    private let roles = Self.roles
    private var text: ScannedText
    private let tokens = TokenIndex.shared
    private var findings: [Finding] = []
    /// Behind the last finding.
    private var covered = 0
    private var surroundings = NamedSecrets.Surroundings()
    private var commands = CommandLines()
    private var layout: Layout
    /// An AWS access key id stands a little before this place.
    private var awsPairEnd = 0

    /// The secrets of a text, in order.
    /// - Parameter joints: places where something was left out of it, in order: a word may begin there.
    static func findings(in bytes: [UInt8], joints: [Int] = [], steps: StepCount) -> [Finding] {
        var text = ScannedText(bytes, joints: joints, steps: steps)
        let found = (KubernetesSecrets.find(&text) + SeedPhrases.find(text))
            .sorted { $0.range.lowerBound < $1.range.lowerBound }
        var scan = SecretScan(text, besides: found)
        return scan.run()
    }

    private init(_ text: ScannedText, besides found: [Finding]) {
        self.text = text
        layout = Layout(ahead: FoundAhead(found))
    }

    private mutating func run() -> [Finding] {
        var joints = text.joints[...]
        var at = 0
        while true {
            at = nextStop(from: at)
            while let joint = joints.first, joint < at, joint < covered { joints.removeFirst() }
            if let joint = joints.first, joint < at { at = joint }
            while joints.first == at { joints.removeFirst() }
            while layout.ahead.start <= at {
                let finding = layout.ahead.removeFirst()
                guard finding.range.lowerBound >= covered else { continue }
                take(finding)
                at = max(at, covered)
            }
            guard at < text.count else { break }
            text.steps.add()
            let role = Role(rawValue: roles[Int(text.bytes[at])]) ?? .none
            if let finding = finding(role, at), finding.range.lowerBound >= covered,
                finding.range.upperBound <= layout.ahead.start
            {
                take(finding)
            }
            at = max(at + 1, covered)
        }
        return findings
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

    private mutating func take(_ finding: Finding) {
        findings.append(finding)
        covered = finding.range.upperBound
        if finding.kind == "aws-access-key" { awsPairEnd = covered + 200 }
    }

    private mutating func finding(_ role: Role, _ at: Int) -> Finding? {
        switch role {
        case .none: return text.isJoint(at) ? word(at) : nil
        case .word, .discord: return text.isWordStart(at) ? word(at) : nil
        case .separator: return separator(at)
        case .either:
            if text[at + 1] == text[at] { return NamedSecrets.find(&text, at: at, &surroundings) }
            return text[at] == UInt8(ascii: "|") ? Table.pair(&text, at: at) : nil
        case .dash: return dash(at)
        case .tilde: return TokenShapes.azureClientSecret(&text, at: at)
        case .lineEnd:
            commands.endLine(text, at: at)
            layout.endLine(&text, at: at)
            return nil
        // Behind `\n`, `%3D` and `ESC[32m` a word begins that looks as if it went on.
        case .backslash:
            switch text[at + 1] {
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
                return word(at + 2)
            default: return nil
            }
        case .wideColon: return ForeignNames.find(&text, at: at)
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
        case UInt8(ascii: "c"):
            if let finding = layout.code(&text, at: at) ?? StatedPasswords.find(&text, at: at) { return finding }
        case UInt8(ascii: "o"), UInt8(ascii: "m"), UInt8(ascii: "2"):
            if let finding = layout.code(&text, at: at) ?? spoken(at) { return finding }
        case UInt8(ascii: "e"), UInt8(ascii: "u"), UInt8(ascii: "y"):
            if let finding = PipedPasswords.findEcho(&text, at: at) ?? OneTimeCodes.findAsked(&text, at: at) {
                return finding
            }
        case UInt8(ascii: "i"): if let finding = StatedPasswords.find(&text, at: at) { return finding }
        case UInt8(ascii: "k"), UInt8(ascii: "w"), UInt8(ascii: "r"):
            if let finding = spoken(at) ?? layout.code(&text, at: at) { return finding }
            layout.heading(&text, at: at)
        case UInt8(ascii: "p"):
            if let finding = PipedPasswords.findEcho(&text, at: at) { return finding }
            if let finding = spoken(at) ?? StatedPasswords.find(&text, at: at) { return finding }
            if text[at] == UInt8(ascii: "P"), let finding = PrivateKeys.findPuTTY(&text, at: at) { return finding }
            if let finding = layout.code(&text, at: at) { return finding }
            layout.heading(&text, at: at)
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "a"):
            if let finding = layout.code(&text, at: at) ?? StatedPasswords.find(&text, at: at) ?? spoken(at) {
                return finding
            }
            layout.heading(&text, at: at)
        default: break
        }
        if let finding = commands.note(&text, at: at) { layout.ahead.add(finding) }
        layout.input(&text, at: at)
        return at < awsPairEnd ? TokenShapes.awsSecretKey(&text, at: at) : nil
    }

    private mutating func spoken(_ at: Int) -> Finding? { NamedSecrets.findSpoken(&text, at: at) }

    private mutating func separator(_ at: Int) -> Finding? {
        if text[at] == .colon {
            if text[at + 1] == .slash {
                guard let finding = URLPasswords.find(text, at: at) else { return nil }
                return named(finding)
            }
            if let finding = TokenShapes.telegramToken(&text, at: at) ?? TokenShapes.firebaseKey(&text, at: at) {
                return finding
            }
            if let finding = PasswordFiles.find(&text, at: at) { return finding }
        }
        if let finding = NamedSecrets.find(&text, at: at, &surroundings) { return finding }
        if let block = surroundings.block {
            surroundings.block = nil
            layout.block = block
        }
        if text[at] == UInt8(ascii: ">") { return MarkedTable.pair(&text, at: at) }
        return nil
    }

    private mutating func dash(_ at: Int) -> Finding? {
        if text[at + 1] == .dash {
            if text[at + 2] == .dash { return PrivateKeys.find(&text, at: at, notBefore: covered) }
            if !Alphabet.path.contains(text[at - 1]),
                let finding = NamedSecrets.findOption(&text, at: at)
            {
                return finding
            }
        }
        if let finding = commands.find(&text, at: at) { return finding }
        if text[at + 1].isLetter, !Alphabet.path.contains(text[at - 1]),
            let finding = NamedSecrets.findOption(&text, at: at)
        {
            return finding
        }
        return TokenShapes.mailchimpKey(text, at: at) ?? TokenShapes.mailgunKey(text, at: at)
    }

    /// A token in the place of a password is called by its own kind.
    private mutating func named(_ finding: Finding) -> Finding {
        guard let token = tokens.find(&text, at: finding.range.lowerBound),
            token.range.lowerBound == finding.range.lowerBound
        else { return finding }
        return Finding(kind: token.kind, range: finding.range)
    }
}
