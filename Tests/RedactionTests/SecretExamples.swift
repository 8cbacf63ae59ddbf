/// Secrets made up while the tests run: no scanner of this source finds one in it.
enum SecretExamples {
    struct Example: Sendable, CustomStringConvertible {
        let kind: String
        let before: String
        let secret: String
        let after: String

        var text: String { before + secret + after }
        var description: String { "\(kind): \(before)…\(after)" }
    }

    static let alphanumeric = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    static let url = alphanumeric + ["-", "_"]
    static let base64 = alphanumeric + ["+", "/"]
    static let hexadecimal = Array("0123456789abcdef")
    static let upper = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    private struct Draw: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
        }
    }

    static let all: [Example] = {
        var draw = Draw(state: 42)
        func random(_ count: Int, _ alphabet: [Character] = alphanumeric) -> String {
            String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &draw)] })
        }
        var all: [Example] = []
        func add(_ kind: String, _ before: String, _ secret: String, _ after: String = "") {
            all.append(Example(kind: kind, before: before, secret: secret, after: after))
        }
        // Known tokens, in the places they are met.
        add("anthropic-key", "x-api-key: ", "sk-" + "ant-api03-" + random(93, url) + "AA")
        add("anthropic-key", "ANTHROPIC_ADMIN=", "sk-" + "ant-admin01-" + random(90, url) + "AA", "\n")
        add("openai-key", "openai.api_key = '", "sk-" + random(20) + "T3Blbk" + "FJ" + random(20), "'")
        add("openai-key", "key ", "sk-" + "svcacct-" + random(120, url), " works")
        add("google-key", "https://maps.example.com/js?key=", "AI" + "za" + random(35, url), "&v=3")
        add("google-client-secret", "\"client_secret\":\"", "GOC" + "SPX-" + random(28, url), "\"")
        add("google-token", "access: ", "ya" + "29." + random(100, url) + "Z")
        add("groq-key", "GROQ_API_KEY=", "gs" + "k_" + random(52))
        add("xai-key", "", "xa" + "i-" + random(80))
        add("replicate-token", "", "r" + "8_" + random(37))
        for letter in "pousr" {
            add("github-token", "https://x-access-token:", "gh\(letter)" + "_" + random(36), "@github.com/a/b.git")
        }
        add("github-token", "\\n", "git" + "hub_pat_" + random(22) + "_" + random(59), "\\n")
        add("github-token", "\u{1b}[32m", "gh" + "p_" + random(36), "\u{1b}[0m")
        add("gitlab-token", "PRIVATE-TOKEN: ", "gl" + "pat-" + random(19, url) + "x")
        add("gitlab-token", "", "gl" + "ptt-" + random(40, hexadecimal))
        add("aws-access-key", "key ", "AS" + "IA" + random(16, upper), ",")
        add("slack-token", "", "xo" + "xp-4829103847-5829104756-6829301847-" + random(32, hexadecimal))
        add("slack-token", "", "xa" + "pp-1-A02ABCDEF-4829103847-" + random(64, hexadecimal))
        add("telegram-token", "https://api.telegram.org/bot", "5829104756:A" + "A" + random(32, url) + "x", "/getMe")
        add("discord-token", "client.login('", "M" + random(23) + "." + random(6) + "." + random(38), "')")
        add("stripe-key", "", "sk_" + "test_" + random(24))
        add("stripe-key", "", "rk_" + "live_" + random(99))
        add("stripe-webhook-secret", "", "wh" + "sec_" + random(32))
        add("npm-token", "//registry.npmjs.org/:_authToken=", "np" + "m_" + random(36))
        add("sendgrid-key", "", "S" + "G." + random(22, url) + "." + random(42, url) + "x")
        add("twilio-key", "", "S" + "K" + random(32, hexadecimal))
        add("mailgun-key", "api:", "ke" + "y-" + random(32, hexadecimal))
        add("jwt", "token ", "ey" + "J" + random(33) + ".ey" + "J" + random(60, url) + "." + random(43, url))
        add("vault-token", "", "hv" + "b." + random(140, url))
        add("atlassian-token", "", "ATA" + "TT3" + random(180, url) + "=" + random(8, upper))
        add("shopify-token", "", "shp" + "at_" + random(32, hexadecimal))
        add("databricks-token", "", "dap" + "i" + random(32, hexadecimal))
        add("terraform-token", "", random(14) + ".atlas" + "v1." + random(64, url))
        add("airtable-token", "", "pa" + "t" + random(14) + "." + random(64, hexadecimal))
        add("age-key", "", "AGE-" + "SECRET-KEY-1" + random(58, upper))
        add("tailscale-key", "", "ts" + "key-auth-" + random(12) + "-" + random(32))
        add("mailchimp-key", "", random(32, hexadecimal) + "-us" + "21")
        // Headers, URLs, command lines.
        add("bearer-token", "Authorization: token ", random(40, hexadecimal))
        add("bearer-token", "{'Authorization': 'Bearer ", random(40), "'}")
        add("url-password", "redis://:", random(20), "@cache:6379/0")
        add("url-password", "postgres://app:", random(6) + "%2F" + random(6), "@db.example.com/app")
        add("url-password", "mysql://root:", "p#/" + random(8) + "?!", "@127.0.0.1")
        add("password", "curl -u deploy:", random(16), " https://x.example.com")
        add("password", "mysqldump -u root -p", random(14) + "4x", " app")
        add("password", "sshpass -p ", random(14) + "4x", " ssh a@b")
        add("password", "redis-cli -h x -a ", random(24), " ping")
        add("password", "db.example.com:5432:app:bob:", random(14) + "4x", "\n")
        // Names.
        add("azure-storage-key", "AccountName=acme;AccountKey=", random(86, base64) + "==", ";EndpointSuffix=x")
        add("password", "Server=db;User Id=sa;Password=", "a4!" + random(12), ";Encrypt=true")
        add("password", "'db_password' => '", random(14) + "4x", "',")
        add("password", "**Password:** `", random(14) + "4x", "`")
        add("password", "{\\\"password\\\":\\\"", random(14) + "4x", "\\\",\\\"x\\\":1}")
        add("password", "     3→DB_PASSWORD=", random(14) + "4x", "\n     4→X=1")
        add("password", "FOO=1\\nDB_PASSWORD=", random(14) + "4x", "\\nBAR=2")
        add("password", "<password>", random(14) + "4x", "</password>")
        add("password", "- name: DB_PASSWORD\n  value: \"", random(14) + "4x", "\"")
        add("password", "os.getenv(\"DB_PASSWORD\", \"", random(14) + "4x", "\")")
        add("password", "${DB_PASSWORD:-", random(14) + "4x", "}")
        add("password", "password: ", "Summer" + "2024!")
        add("secret", "const apiKey: string = \"", random(32), "\";")
        add("secret", "<add key=\"ApiKey\" value=\"", random(32), "\"/>")
        add("secret", "process.env.JWT_SECRET || \"", random(24), "\"")
        add("secret", "os.environ[\"API_KEY\"] = \"", random(32), "\"")
        add("secret", "tool --token ", random(32), " run")
        add("secret", "HEROKU_API_KEY=", "9d980309-1152-4a8a-8019-d77296178470")
        add("secret", "Cookie: sessionid=", random(32), "; theme=dark")
        add("secret", "?sv=2020&sig=", random(43) + "%3D", "&se=1")
        add("secret", "machine example.com login bob password ", random(18) + "4x")
        add("aws-secret-key", "AWS Secret Access Key [None]: ", random(38, base64) + "4x")
        add("twilio-key", "TWILIO_AUTH_TOKEN=", random(32, hexadecimal))
        add("docker-auth", "\"auth\": \"", "Ym90OnpuSEhRVXYxYTJzeHlIelpKSDJQ", "\"")
        return all
    }()

    /// Six lines of a key, without a frame.
    static let keyBody: [String] = {
        var draw = Draw(state: 7)
        return (0..<6).map { line in
            String((0..<(line == 5 ? 40 : 64)).map { _ in base64[Int.random(in: 0..<base64.count, using: &draw)] })
        }
    }()
}
