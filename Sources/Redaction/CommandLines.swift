/// Passwords that commands take as arguments: `curl -sSu user:password`, `mysql -ppassword`, `sshpass -p password`.
struct CommandLines {
    /// The commands seen on this line, by what their options mean.
    struct Commands: OptionSet {
        let rawValue: UInt32
        static let web = Commands(rawValue: 1)
        static let database = Commands(rawValue: 1 << 1)
        /// Those whose `-p` may be something else, too.
        static let login = Commands(rawValue: 1 << 2)
        static let redis = Commands(rawValue: 1 << 3)
        static let web2 = Commands(rawValue: 1 << 4)
        static let windowsShare = Commands(rawValue: 1 << 5)
        static let zip = Commands(rawValue: 1 << 6)
        static let archiver = Commands(rawValue: 1 << 7)
        static let remote = Commands(rawValue: 1 << 8)
        static let directory = Commands(rawValue: 1 << 9)
        static let broker = Commands(rawValue: 1 << 10)
        static let transfer = Commands(rawValue: 1 << 11)
        static let keys = Commands(rawValue: 1 << 12)
        static let network = Commands(rawValue: 1 << 13)
        static let cipher = Commands(rawValue: 1 << 14)
        static let words = Commands(rawValue: 1 << 15)
        static let listed = Commands(rawValue: 1 << 16)
        static let cluster = Commands(rawValue: 1 << 17)
        /// Those that keep secrets, and other things.
        static let keeper = Commands(rawValue: 1 << 18)
    }

    static let names: [(name: StaticString, command: Commands)] =
        named(["curl", "wget"], .web) + named(["http", "https", "xh"], [.web, .web2])
        + named(["mysql", "mysqldump", "mysqladmin", "mariadb", "mysqlimport", "mysqlsh", "mariadb-dump"], .database)
        + named(
            [
                "docker", "podman", "helm", "az", "oc", "mongosh", "mongo", "mongodump", "mongorestore", "nerdctl",
                "cqlsh", "rdesktop", "evil-winrm", "crackmapexec", "netexec", "nxc", "smbmap", "useradd", "usermod",
                "influx", "rabbitmqadmin", "skopeo", "buildah", "crane", "oras", "mycli",
                "cypher-shell", "ncftpput", "ncftpget", "hydra", "unar", "fcrackzip", "ncftp", "twine", "poetry",
                "conan",
                "steghide", "security", "choco",
            ], .login) + named(["redis-cli", "valkey-cli"], .redis)
        + named(["smbclient", "rpcclient", "smbget", "winexe", "wmic", "smbcacls"], .windowsShare)
        + named(["net"], [.windowsShare, .listed])
        + named(["unzip", "zip", "zipcloak", "bsdtar"], .zip)
        + named(["7z", "7za", "7zr", "7zz", "rar", "unrar"], .archiver) + named(["sshpass"], .remote)
        + named(["ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldappasswd", "ldapwhoami"], .directory)
        + named(["sqlcmd", "bcp", "tsql", "ipmitool", "mosquitto_pub", "mosquitto_sub"], .broker)
        + named(["lftp"], .transfer) + named(["ssh-keygen"], .keys)
        + named(["snmpget", "snmpwalk", "snmpset", "snmpbulkwalk"], .network) + named(["openssl"], [.cipher, .listed])
        + named(["kubectl", "oc"], .cluster) + named(["aws", "az", "gh", "conjur", "doppler"], .keeper)
        + named(
            [
                "keytool", "jarsigner", "plink", "pscp", "psftp", "swaks", "sendemail", "psexec", "caddy", "pdftotext",
                "pdfinfo",
            ], .words)
        + named(
            [
                "htpasswd", "mosquitto_passwd", "rabbitmqctl", "wpa_passphrase", "mysqladmin", "sqlplus", "xfreerdp",
                "xfreerdp3", "freerdp", "schtasks", "mkpasswd", "bw", "impdp", "expdp", "rman", "sqlldr", "wlfreerdp",
                "wlfreerdp3", "sdl-freerdp",
            ] + ListedPasswords.impacket, .listed)

    private static let namesByLetter: [[(name: StaticString, command: Commands)]] = {
        var table = [[(name: StaticString, command: Commands)]](repeating: [], count: 128)
        for entry in names { unsafe table[Int(entry.name.utf8Start[0])].append(entry) }
        return table
    }()

    private static func named(
        _ names: [StaticString], _ command: Commands
    ) -> [(name: StaticString, command: Commands)] {
        names.map { ($0, command) }
    }

    /// What an option's argument is.
    private enum Argument {
        case userAndPassword(separator: UInt8)
        /// `name=value`, of which the value is one if it looks like one.
        case chosenPair
        /// Whatever it is.
        case password
        /// Behind a word that says so, as in `pass:secret`.
        case prefixed(StaticString)
        /// If it looks like one: the option has other meanings.
        case chosenPassword
        /// If it looks like one, and the command speaks of secrets.
        case kept
    }

    private struct Option {
        var commands: Commands
        var letter: UInt8
        var argument: Argument
        /// Letters that may stand before it behind the same dash.
        var cluster: StaticString = ""
        var isJoined = true
        var isSeparate = true
    }

    private static let options: [Option] = [
        Option(
            commands: .web, letter: UInt8(ascii: "u"), argument: .userAndPassword(separator: .colon),
            cluster: "sSfkLivgOJNanqRBG046#Z"),
        Option(
            commands: .web, letter: UInt8(ascii: "U"), argument: .userAndPassword(separator: .colon),
            cluster: "sSfkLivgOJNanqRBG046#Z"),
        Option(
            commands: .web, letter: UInt8(ascii: "E"), argument: .userAndPassword(separator: .colon),
            cluster: "sSfkLivgOJNanqRBG046#Z"),
        Option(commands: .web2, letter: UInt8(ascii: "a"), argument: .userAndPassword(separator: .colon)),
        Option(commands: .database, letter: UInt8(ascii: "p"), argument: .password, isSeparate: false),
        Option(commands: .login, letter: UInt8(ascii: "p"), argument: .chosenPassword, isJoined: false),
        Option(commands: .login, letter: UInt8(ascii: "P"), argument: .chosenPassword, isJoined: false),
        Option(commands: .login, letter: UInt8(ascii: "w"), argument: .chosenPassword, isJoined: false),
        Option(commands: .redis, letter: UInt8(ascii: "a"), argument: .password, isJoined: false),
        Option(
            commands: .windowsShare, letter: UInt8(ascii: "U"),
            argument: .userAndPassword(separator: UInt8(ascii: "%"))),
        Option(commands: .zip, letter: UInt8(ascii: "P"), argument: .password, cluster: "oqjnCabrXuvdeyl0123456789"),
        Option(commands: .archiver, letter: UInt8(ascii: "p"), argument: .password, cluster: "h", isSeparate: false),
        Option(commands: .remote, letter: UInt8(ascii: "p"), argument: .password, cluster: "v"),
        Option(commands: .directory, letter: UInt8(ascii: "w"), argument: .password, cluster: "xvLZ"),
        Option(commands: .directory, letter: UInt8(ascii: "s"), argument: .chosenPassword, isJoined: false),
        Option(commands: .broker, letter: UInt8(ascii: "P"), argument: .password),
        Option(
            commands: .transfer, letter: UInt8(ascii: "u"), argument: .userAndPassword(separator: UInt8(ascii: ","))),
        Option(commands: .keys, letter: UInt8(ascii: "N"), argument: .password, cluster: "q"),
        Option(commands: .keys, letter: UInt8(ascii: "P"), argument: .password, cluster: "pq"),
        Option(commands: .network, letter: UInt8(ascii: "A"), argument: .password),
        Option(commands: .network, letter: UInt8(ascii: "X"), argument: .password),
        Option(commands: .cipher, letter: UInt8(ascii: "k"), argument: .chosenPassword, isJoined: false),
    ]

    /// Options of several letters behind one dash, and of two dashes.
    private static let longOptions: [(commands: Commands, name: StaticString, argument: Argument)] = [
        (.web, "--user", .userAndPassword(separator: .colon)),
        (.web, "--proxy-user", .userAndPassword(separator: .colon)),
        (.web2, "--auth", .userAndPassword(separator: .colon)),
        (.web, "--cert", .userAndPassword(separator: .colon)),
        (.cluster, "--from-literal", .chosenPair),
        (.keeper, "--value", .kept), (.keeper, "--body", .kept), (.keeper, "-b", .kept), (.keeper, "-v", .kept),
        (.keeper, "--secret-string", .kept),
        (.broker, "--pw", .password),
        (.windowsShare, "--user", .userAndPassword(separator: UInt8(ascii: "%"))),
        (.cipher, "-passin", .prefixed("pass:")),
        (.cipher, "-passout", .prefixed("pass:")),
        (.cipher, "-pass", .prefixed("pass:")),
        (.words, "-storepass", .password), (.words, "-keypass", .password), (.words, "-srcstorepass", .password),
        (.words, "-deststorepass", .password), (.words, "-srckeypass", .password),
        (.words, "-destkeypass", .password), (.words, "-pw", .password), (.words, "-ap", .chosenPassword),
        (.words, "-upw", .password), (.words, "-opw", .password),
        (.words, "--plaintext", .password), (.words, "-xp", .chosenPassword), (.words, "-p", .chosenPassword),
    ]

    private(set) var commands: Commands = []

    /// Notes a command that begins here.
    /// - Returns: a password that it takes without an option.
    mutating func note(_ text: inout ScannedText, at start: Int) -> Finding? {
        guard text[start].isAlphanumeric, !Alphabet.word.contains(text[start - 1]) || text.isJoint(start)
        else { return nil }
        var end = start
        while end - start < 24, Alphabet.dotted.contains(text[end]) { end += 1 }
        guard text[end].isBlank || text[end].isQuote else { return nil }
        var finding: Finding?
        for entry in Self.namesByLetter[Int(text[start].lowered)]
        where entry.name.utf8CodeUnitCount == end - start && text.equalsIgnoringCase(entry.name, in: start..<end) {
            commands.insert(entry.command)
            if entry.command.contains(.listed) {
                finding = ListedPasswords.find(&text, after: end, of: start..<end)
            }
        }
        return finding
    }

    /// A command goes on behind a line break only where that is escaped.
    mutating func endLine(_ text: ScannedText, at newline: Int) {
        if text[newline - 1] != .backslash { commands = [] }
    }

    /// - Parameter dash: at the option's dash.
    func find(_ text: inout ScannedText, at dash: Int) -> Finding? {
        guard !commands.isEmpty, text[dash - 1].isSpace || text[dash - 1].isQuote else { return nil }
        for option in Self.longOptions
        where commands.contains(option.commands) && text.startsIgnoringCase(with: option.name, at: dash) {
            let end = dash + option.name.utf8CodeUnitCount
            guard text[end].isBlank || text[end] == .equals || text[end].isQuote else { continue }
            if let finding = finding(&text, argument(text, after: end), option.argument) { return finding }
        }
        for option in Self.options where commands.contains(option.commands) {
            var at = dash + 1
            while at - dash < 10, text[at] != option.letter, Self.holds(option.cluster, text[at]) { at += 1 }
            guard text[at] == option.letter else { continue }
            let isSeparate = text[at + 1].isBlank || text[at + 1].isQuote && text[at + 2] == UInt8(ascii: ",")
            guard isSeparate ? option.isSeparate : option.isJoined else { continue }
            let value = isSeparate ? argument(text, after: at + 1) : at + 1
            if let finding = finding(&text, value, option.argument) { return finding }
        }
        return nil
    }

    private static func holds(_ letters: StaticString, _ byte: UInt8) -> Bool {
        for index in 0..<letters.utf8CodeUnitCount where unsafe letters.utf8Start[index] == byte { return true }
        return false
    }

    /// Where the argument behind an option begins: after blanks, or after `", ` in a list of arguments.
    private func argument(_ text: ScannedText, after end: Int) -> Int {
        guard text[end].isQuote, text[end + 1] == UInt8(ascii: ",") else {
            return text[end] == .equals ? end + 1 : end
        }
        return text.skippingBlanks(end + 2)
    }

    private func finding(_ text: inout ScannedText, _ start: Int, _ argument: Argument) -> Finding? {
        guard let value = PasswordArguments.argument(&text, start) else { return nil }
        switch argument {
        case .userAndPassword(let separator): return PasswordArguments.behind(separator, &text, value)
        case .chosenPair:
            guard let password = PasswordArguments.behind(.equals, &text, value) else { return nil }
            return Randomness.isDrawnOrChosen(text, password.range) ? password : nil
        case .password: return PasswordArguments.finding(&text, value.range)
        case .prefixed(let word):
            guard text.startsIgnoringCase(with: word, at: value.range.lowerBound) else { return nil }
            let start = value.range.lowerBound + word.utf8CodeUnitCount
            return start < value.range.upperBound
                ? PasswordArguments.finding(&text, start..<value.range.upperBound) : nil
        case .chosenPassword, .kept:
            if case .kept = argument, !Self.speaksOfSecrets(text, around: start) { return nil }
            guard Randomness.isDrawnOrChosen(text, value.range) else { return nil }
            return PasswordArguments.finding(&text, value.range)
        }
    }
}

extension CommandLines {
    /// What is looked at on both sides of an option.
    private static let reach = 120

    fileprivate static func speaksOfSecrets(_ text: ScannedText, around place: Int) -> Bool {
        let line = max(0, place - reach)..<min(text.count, place + reach)
        return (["secret", "securestring", "password"] as [StaticString]).contains { text.contains($0, in: line) }
    }
}
