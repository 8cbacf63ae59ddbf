/// Passwords that commands take in short options: `curl -u user:password`, `mysql -ppassword`, `sshpass -p password`.
struct CommandLines {
    /// The commands seen on this line, by what their options mean.
    struct Commands: OptionSet {
        let rawValue: UInt8
        static let web = Commands(rawValue: 1)
        static let database = Commands(rawValue: 2)
        static let password = Commands(rawValue: 4)
        static let redis = Commands(rawValue: 8)
    }

    static let names: [(name: StaticString, command: Commands)] = [
        ("curl", .web), ("wget", .web), ("http", .web), ("https", .web), ("xh", .web), ("mysql", .database),
        ("mysqldump", .database), ("mysqladmin", .database), ("mariadb", .database), ("sshpass", .password),
        ("docker", .password), ("podman", .password), ("helm", .password), ("az", .password), ("oc", .password),
        ("sqlcmd", .password), ("mongosh", .password), ("mongo", .password), ("mongodump", .password),
        ("mongorestore", .password), ("ldapsearch", .password), ("redis-cli", .redis),
    ]

    private var commands: Commands = []

    /// Notes a command that begins here.
    mutating func note(_ text: inout ScannedText, at start: Int) {
        guard text[start].isLower, text[start - 1].isSpace || start == 0 || !Alphabet.word.contains(text[start - 1])
        else { return }
        var end = start
        while end - start < 16, text[end].isLower || text[end] == .dash { end += 1 }
        guard text[end].isBlank else { return }
        for entry in Self.names
        where entry.name.utf8CodeUnitCount == end - start && text.equalsIgnoringCase(entry.name, in: start..<end) {
            commands.insert(entry.command)
        }
    }

    /// A command goes on behind a line break only where that is escaped.
    mutating func endLine(_ text: ScannedText, at newline: Int) {
        if text[newline - 1] != .backslash { commands = [] }
    }

    /// - Parameter dash: at the option's dash.
    func find(_ text: inout ScannedText, at dash: Int) -> Finding? {
        guard !commands.isEmpty, text[dash - 1].isSpace else { return nil }
        switch text[dash + 1] {
        case UInt8(ascii: "u") where commands.contains(.web): return userAndPassword(&text, after: dash + 2)
        case UInt8(ascii: "p") where commands.contains(.database) && !text[dash + 2].isSpace:
            return password(&text, at: dash + 2, isJoined: true)
        case UInt8(ascii: "p") where commands.contains(.password) && text[dash + 2].isBlank,
            UInt8(ascii: "P") where commands.contains(.password) && text[dash + 2].isBlank,
            UInt8(ascii: "w") where commands.contains(.password) && text[dash + 2].isBlank,
            UInt8(ascii: "a") where commands.contains(.redis) && text[dash + 2].isBlank:
            return password(&text, at: dash + 2, isJoined: false)
        case .dash where commands.contains(.web):
            for option in ["--user", "--proxy-user"] as [StaticString]
            where text.startsIgnoringCase(with: option, at: dash) {
                let end = dash + option.utf8CodeUnitCount
                guard text[end].isBlank || text[end] == .equals else { continue }
                return userAndPassword(&text, after: end + 1)
            }
            return nil
        default: return nil
        }
    }

    private func userAndPassword(_ text: inout ScannedText, after option: Int) -> Finding? {
        guard let value = AssignedValue(&text, after: option, site: .init(name: option..<option, isEnvironment: true)),
            !text.holdsMark(value.range),
            let colon = value.range.prefix(128).first(where: { text[$0] == .colon })
        else { return nil }
        let password = (colon + 1)..<value.range.upperBound
        // `1000:1000`, a host's `:port`.
        guard !password.isEmpty, !password.allSatisfy({ text[$0].isDigit }) else { return nil }
        return finding(&text, password)
    }

    private func password(_ text: inout ScannedText, at start: Int, isJoined: Bool) -> Finding? {
        guard let value = AssignedValue(&text, after: start, site: .init(name: start..<start, isEnvironment: true))
        else {
            return nil
        }
        // `-p 8080:80`, `-p name`
        guard isJoined || Randomness.isRandom(text, value.range, atLeast: 8) || Randomness.isChosen(text, value.range)
        else {
            return nil
        }
        let isPort = value.range.allSatisfy {
            text[$0].isDigit || text[$0] == .colon || text[$0] == .dot || text[$0] == .slash
        }
        return isPort ? nil : finding(&text, value.range)
    }

    private func finding(_ text: inout ScannedText, _ range: Range<Int>) -> Finding? {
        guard range.count >= 4, !Placeholders.isPlaceholder(text, range), !text.holdsMark(range) else { return nil }
        let known = TokenIndex.shared.find(&text, at: range.lowerBound)
        return Finding(
            kind: known?.kind ?? "password",
            range: range.lowerBound..<max(range.upperBound, known?.range.upperBound ?? 0))
    }
}
