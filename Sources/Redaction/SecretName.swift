/// What a name says about the value it is given.
enum SecretName {
    case password
    /// A secret, token, key or credential.
    case secret
    /// A key of something: only a value that is drawn beyond doubt.
    case key
    /// `Authorization`.
    case authorization
    /// `Cookie`, `Set-Cookie`.
    case cookie
    /// `name` or `key` of a pair, `type` of a field; its value is a name itself.
    case pairName
    /// `value` of a pair.
    case pairValue

    /// The words of a name, the last ones first.
    struct Words {
        private(set) var last = NameWord()
        private(set) var second = NameWord()
        private(set) var third = NameWord()
        private(set) var count = 0

        /// Takes a name apart at signs and at humps: `DB_PASSWORD`, `clientSecret`, `x-api-key`.
        init(_ text: ScannedText, _ range: Range<Int>) {
            var word = NameWord()
            for index in range {
                let byte = text[index]
                guard byte.isAlphanumeric else {
                    take(&word)
                    continue
                }
                let isHump =
                    byte.isUpper && index > range.lowerBound
                    && (text[index - 1].isLower
                        || text[index + 1].isLower && text[index - 1].isUpper && index + 1 < range.upperBound)
                if isHump { take(&word) }
                word.add(byte)
            }
            take(&word)
            while count > 1, Self.qualifiers.contains(last) || last.isNumber { drop() }
        }

        private mutating func take(_ word: inout NameWord) {
            guard !word.isEmpty else { return }
            (last, second, third, count) = (word, last, second, count + 1)
            word = NameWord()
        }

        private mutating func drop() { (last, second, third, count) = (second, third, NameWord(), count - 1) }

        /// Takes in the words before a name in prose: `Secret Access Key: …`.
        mutating func prepend(_ words: Words) {
            if count == 1 { (second, third) = (words.last, words.second) }
            if count == 2 { third = words.last }
        }

        /// What may stand behind the word that counts: `DB_PASSWORD_PROD`, `SECRET_KEY_BASE`, `password2`.
        private static let qualifiers: NameWordSet = [
            "value", "val", "string", "str", "base", "prod", "production", "dev", "staging", "stage", "test", "testing",
            "live", "old", "new", "current", "primary", "secondary", "backup", "b64", "base64", "raw", "plain", "text",
            "plaintext", "confirm", "confirmation", "default", "local", "env", "var", "literal", "internal", "main",
        ]
    }

    init?(_ words: Words) {
        let last = words.last
        if Self.publicWords.contains(words.second) || Self.publicWords.contains(words.third) { return nil }
        if Self.passwords.contains(last) || Self.passwordEndings.contains(where: last.hasSuffix) {
            self = .password
        } else if Self.secrets.contains(last) || Self.secretEndings.contains(where: last.hasSuffix) {
            if Self.cursors.contains(words.second) { return nil }
            self = .secret
        } else if last == "data", words.second == "key" {
            // `client-key-data` of a kubeconfig.
            guard Self.secretKeys.contains(words.third) else { return nil }
            self = .secret
        } else if last == "key" {
            if Self.openKeys.contains(words.second) { return nil }
            self = Self.secretKeys.contains(words.second) ? .secret : .key
            if words.count == 1, case .key = self { self = .pairName }
        } else if last == "authorization" {
            self = .authorization
        } else if last == "cookie" {
            self = .cookie
        } else if words.count == 1, last == "name" || last == "type" {
            self = .pairName
        } else if words.count == 0 || last == "value", words.count <= 1 {
            self = .pairValue
        } else {
            return nil
        }
    }

    /// Whether it says so beyond doubt.
    var isSecret: Bool {
        switch self {
        case .password, .secret: true
        case .key, .authorization, .cookie, .pairName, .pairValue: false
        }
    }

    private static let passwords: NameWordSet = [
        "pwd", "pass", "pw", "psw", "passcode", "pswd", "passphrase", "passwort", "kennwort",
        "passe", "senha", "contrasena", "wachtwoord", "parola", "dpass", "haslo", "heslo", "passord", "losenord",
        "salasana",
    ]
    private static let passwordEndings: [NameWord] = [
        "password", "passwd", "passphrase", "dbpass", "userpass", "sshpass", "requirepass", "masterauth",
    ]

    private static let secrets: NameWordSet = [
        "credential", "credentials", "creds", "auth", "jwt", "bearer", "pat", "oauth", "psk", "hmac", "otp", "pin",
        "accountkey", "sharedaccesskey", "sas",
    ]
    private static let secretEndings: [NameWord] = [
        "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "authkey", "masterkey", "accountkey",
        "signingkey", "encryptionkey", "apitoken", "secretaccesskey",
    ]

    /// `api_key`, `signing_key`, …
    private static let secretKeys: NameWordSet = [
        "api", "access", "secret", "private", "priv", "signing", "sign", "encryption", "encrypt", "decryption", "auth",
        "master", "account", "shared", "service", "app", "application", "client", "license", "webhook", "jwt",
        "deploy", "admin", "server", "consumer", "cookie", "hmac", "aes", "crypto", "security", "subscription",
        "functions", "function", "merchant", "root", "integration", "rest", "developer", "personal", "vault",
        "recovery", "cipher", "openai", "anthropic", "stripe", "google", "aws", "azure", "sendgrid", "datadog", "token",
        "write", "ingest", "ingestion", "wireguard", "preshared", "storage", "rpc", "bot", "ssl", "tls", "role",
    ]

    /// Keys of other kinds.
    private static let openKeys: NameWordSet = [
        "public", "pub", "primary", "foreign", "cache", "sort", "partition", "hash", "idempotency", "row", "column",
        "object", "dict", "map", "index", "lookup", "group", "unique", "node", "query", "hot", "shortcut",
        "translation", "event", "metric", "route", "dedup", "dedupe", "sharding", "shard", "s3", "message", "host",
        "publishable", "react", "storage_object", "config", "setting", "json", "content", "file", "composite", "issue",
        "sequence", "parent", "child", "lock", "locale", "i18n", "site", "state", "registry", "session",
    ]

    /// Tokens that page through lists, stop work, or are meant to be seen.
    private static let cursors: NameWordSet = [
        "csrf", "xsrf", "next", "page", "continuation", "pagination", "cancellation", "cancel", "cursor", "sync",
        "resume", "abort", "max", "min", "num", "start", "end", "stop", "pad", "eos", "bos", "mask", "special", "parse",
        "current_token", "previous", "lex", "syntax", "middleware", "request",
    ]

    private static let publicWords: NameWordSet = ["public", "csrf", "xsrf", "publishable", "anonymous_public"]
}

extension NameWord {
    fileprivate var isNumber: Bool {
        var rest = packed
        guard rest != 0 else { return false }
        while rest != 0 {
            guard UInt8(truncatingIfNeeded: rest).isDigit else { return false }
            rest >>= 8
        }
        return true
    }
}

/// The last eight letters of one word of a name, in lower case: as many as tell the words apart that matter, and quick to
/// compare. So `PGPASSWORD` is `password`, and `credentials` is `dentials`.
struct NameWord: Equatable, Sendable, ExpressibleByStringLiteral {
    private(set) var packed: UInt64 = 0

    init() {}

    init(stringLiteral value: StaticString) {
        for index in 0..<value.utf8CodeUnitCount { unsafe add(value.utf8Start[index]) }
    }

    mutating func add(_ byte: UInt8) { packed = packed << 8 | UInt64(byte.lowered) }

    var isEmpty: Bool { packed == 0 }

    func hasSuffix(_ word: NameWord) -> Bool {
        let bits = UInt64(64 - word.packed.leadingZeroBitCount + 7) & ~7
        let mask = bits >= 64 ? UInt64.max : (1 << bits) - 1
        return packed & mask == word.packed
    }
}

/// A set of words, asked at every `=` and `:` of a text: a table of 256 places, where `Set` would compute SipHash.
struct NameWordSet: Sendable, ExpressibleByArrayLiteral {
    private var places = [UInt64](repeating: 0, count: 256)

    init(arrayLiteral elements: NameWord...) {
        for word in elements {
            var place = Self.place(of: word)
            while places[place] != 0, places[place] != word.packed { place = (place + 1) & 255 }
            places[place] = word.packed
        }
    }

    func contains(_ word: NameWord) -> Bool {
        guard !word.isEmpty else { return false }
        var place = Self.place(of: word)
        while places[place] != 0 {
            if places[place] == word.packed { return true }
            place = (place + 1) & 255
        }
        return false
    }

    private static func place(of word: NameWord) -> Int {
        Int(truncatingIfNeeded: (word.packed &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }
}
