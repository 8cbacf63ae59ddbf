import Redaction
import Testing

/// Secrets that their place tells: in an argument, in a pipe, in the lines below a name.
@Suite struct SecretKindTests {
    private static let password = "x7Kq!2LmN9vR"
    private static let token = "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sA"
    /// Not to be redacted.
    private static let weak = "$PASSWORD"

    @Test(arguments: [
        ("echo '", "' | sudo -S apt update"), ("echo \"", "\" | sudo -kS ls"), ("echo ", " | sudo -S ls"),
        ("printf '%s\\n' '", "' | sudo -S ls"), ("sudo -S ls <<< \"", "\""), ("echo \"root:", "\" | chpasswd"),
        ("echo root:", " | sudo chpasswd"), ("chpasswd <<< \"bob:", "\""), ("chpasswd <<EOF\nbob:", "\nEOF"),
        ("echo ", " | docker login -u bob --password-stdin"), ("bash -c \"echo ", " | sudo -S ls\""),
        ("smbclient //h/s -U bob%", " -c ls"), ("rpcclient -U 'DOM\\bob%", "' h"), ("smbclient --user=bob%", " //h/s"),
        ("curl -sSu bob:", " https://x.example.com"), ("curl -fsSLu \"bob:", "\" x"), ("curl -ubob:", " x"),
        ("curl -u bob:", " x"), ("curl -U proxy:", " x"), ("curl -sS --user bob:", " x"),
        ("[\"curl\",\"-u\",\"bob:", "\",\"https://x\"]"), ("http -a bob:", " x"),
        ("htpasswd -b .htpasswd bob ", ""), ("htpasswd -bc /etc/.htpasswd bob ", "\n"),
        ("htpasswd -nbB -C 10 bob ", ""),
        ("htpasswd -bnBC 10 '' ", ""), ("unzip -P ", " a.zip"), ("unzip -qqP ", " a.zip"), ("zip -r -P ", " a.zip d"),
        ("7z x -p", " a.7z"), ("7za a -p'", "' a.7z d"), ("rar a -hp", " a.rar"), ("sshpass -p", " ssh a@b"),
        ("openssl enc -pass pass:", " -in a"), ("openssl rsa -passin pass:", " -in k"),
        ("keytool -genkey -storepass ", " -keystore k"), ("plink -pw ", " host"), ("ldapsearch -x -w ", " -b dc=x"),
        ("mysqladmin -u root password ", ""), ("sqlplus scott/", "@db"), ("xfreerdp /u:bob /p:", " /v:h"),
        ("lftp -u bob,", " host"), ("ssh-keygen -t rsa -N ", " -f k"), ("rabbitmqctl add_user bob ", ""),
        ("ipmitool -U a -P ", " chassis"), ("wpa_passphrase MyNet ", ""), ("CREATE USER b IDENTIFIED BY '", "';"),
        ("mosquitto_pub -u bob -P ", " -t x"), ("influx -username a -password ", ""), ("curl -sSu bob:\\\n", " x"),
        ("mariadb-dump -u root -p\"", "\" x"), ("mycli -p ", " x"), ("cypher-shell -u neo4j -p ", ""),
        ("hydra -l bob -p ", " ssh://h"), ("tsql -S h -U b -P ", ""),
        ("curl --cert cert.pem:", " x"), ("mosquitto_sub -u b --pw ", ""),
        // The lines below
        ("password: |\n  ", "\nnext: 1"), ("db:\n  password: >-\n    ", "\n  user: x"),
        ("- password: !!str |\n    ", "\n"), ("password: &pw >-\n  ", "\n"), ("password: | # why\n  ", "\n"),
        ("     1→password: |\n     2→  ", "\n     3→x: 1"), ("{\"yaml\":\"password: |\\n  ", "\\nnext: 1\"}"),
        ("| user | password |\n|---|---|\n| bob | ", " |\n| x | short |"),
        ("| Name | Password | Role |\n| :-- | --- | --- |\n| bob | `", "` | admin |"),
        (" id | user | password \n----+------+------\n  1 | bob | ", "\n(1 row)"),
        ("username,password\nbob,", "\n"), ("\"id\";\"password\"\n\"1\";\"", "\"\n"),
        ("NAME     PASSWORD        AGE\nbob      ", "   3d\n"), ("│ user │ password │\n│ bob │ ", " │"),
        ("| DB_PASSWORD | ", " |"), ("password | ", "\nuser | bob"),
    ])
    func findsPasswordsByTheirPlace(before: String, after: String) {
        #expect(Redactor().redact(before + Self.password + after) == "\(before)[redacted:password]\(after)")
        // A reference in the same place stays.
        #expect(Redactor().redact(before + Self.weak + after) == before + Self.weak + after)
    }

    @Test(arguments: [
        ("- token: |-\n    ", "\n- b: 1"), ("user\tapi_key\nbob\t", "\n"), ("| **API key** | `", "` |"),
        ("email,name,token,created\nb@example.com,Bob,", ",2024-01-01\n"),
        ("https://api.example.com/v1/x?key=", "&v=3"),
        ("https://x.example.com/a?b=1&key=", "\""), ("GET /x?X-Amz-Signature=", "&x=1"), ("client-key-data: ", "\n"),
        ("https://x.example.com/cb?code=", "&state=1"), ("https://x.example.com/r?t=", ""),
        ("https://x.example.com/r?ticket=", ""), ("https://x.example.com/join?invite=", ""),
        ("<tr><td>API token</td><td>", "</td></tr>"), ("<key>token</key>\n  <string>", "</string>"),
    ])
    func findsTokensByTheirPlace(before: String, after: String) {
        #expect(Redactor().redact(before + Self.token + after) == "\(before)[redacted:secret]\(after)")
    }

    @Test(arguments: [
        "contoso.webhook.office.com/webhookb2/550e8400-e29b-41d4-a716-446655440000@550e8400-e29b-41d4-a716-446655440000"
            + "/IncomingWebhook/7b3f8a2c9d1e4f5a6b7c8d9e0f1a2b3c/550e8400-e29b-41d4-a716-446655440000",
        "chat.googleapis.com/v1/spaces/AAAAmjTbbhN/messages?key=x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sA&token=x7Kq2LmN9vR4",
        "open.feishu.cn/open-apis/bot/v2/hook/da75ffa1-a0f1-6688-977e-2ff7ad86bd0a",
        "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=da75ffa1-a0f1-6688-977e-2ff7ad86bd0a",
        "mattermost.example.com/hooks/q5g5e29eul7cebugh4a8p3bpyw",
        "discord.com/api/v10/webhooks/1122334455667788990/x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAx7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0",
        "n8n.example.com/webhook/da75ffa1-a0f1-6688-977e-2ff7ad86bd0a",
        "discord.com/api/webhooks/1122334455667788990/x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sA",
        "hooks.slack.com/workflows/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",
        "hook.eu1.make.com/q5g5e29eul7cebugh4a8p3bpywx7Kq2L",
    ])
    func coversTheWholeAddressOfAWebhook(address: String) throws {
        let redacted = Redactor().redact("post to https://\(address) now")
        #expect(redacted.wholeMatch(of: /post to \[redacted:[a-z0-9-]+-webhook\] now/) != nil, "\(redacted)")
    }

    @Test(arguments: [
        ("Your verification code is ", "482913", "."), ("verification code is: ", "482 913", ""),
        ("", "482913", " is your Example verification code"), ("OTP: ", "483920", ""), ("2FA code: ", "839201", ""),
        ("one-time password: ", "839201", ""), ("First copy your one-time code: ", "BD4F-9A2C", "\n"),
        ("", "G-482913", " is your Google verification code"), ("Use ", "739204", " to sign in"),
        ("Enter ", "739204", " to verify your account"), ("MFA token: ", "739204", ""), ("Your code is ", "739204", ""),
        ("TOTP: ", "739204", ""), ("", "739204", " is your OTP"), ("Code: ", "739204", ". Do not share it"),
        ("WhatsApp code: ", "739-204", ""), ("Here is your PIN: ", "739204", ""), ("the 2FA is ", "739204", ""),
        ("Your Apple ID Code is: ", "739204", ". Don't share it"),
    ])
    func findsOneTimeCodes(before: String, code: String, after: String) {
        #expect(Redactor().redact(before + code + after) == "\(before)[redacted:one-time-code]\(after)")
    }

    /// Weak ones too: who says what it is means it.
    @Test(arguments: [
        ("the password is ", "Sommer2024", ", and bob"), ("The password is now ", "Winter!23", ""),
        ("use the db, the pw is ", "K3llerTr33", " for it"), ("passwort ist ", "Sommer2024", ""),
        ("Pass was ", "blue42fish", ""), ("the password is ", "Corr3ct-horse", ""), ("Kennwort: ", "Sommer2024", ""),
        ("le mot de passe est ", "Sommer2024", ""), ("Mot de passe : ", "Sommer2024", "\n"),
        ("contraseña: ", "Verano2024", "\n"), ("пароль: ", "Sommer2024", ""), ("密码：", "Sommer2024", ""),
        ("requirepass ", "Sommer2024", "\n"), ("my password is '", "blue42fish", "' still"),
    ])
    func findsWhatIsSaidToBeThePassword(before: String, password: String, after: String) {
        #expect(Redactor().redact(before + password + after) == "\(before)[redacted:password]\(after)")
    }

    @Test func findsRecoveryCodesInTheLinesBelow() {
        let mark = "[redacted:recovery-code]"
        #expect(
            Redactor().redact("Recovery codes:\n\na1b2c-d3e4f\n1. x7k2m-9qplr\n\nDone, 2024-01-02.")
                == "Recovery codes:\n\n\(mark)\n1. \(mark)\n\nDone, 2024-01-02.")
        #expect(Redactor().redact("recovery code: X7K2-9QPL-3MNB") == "recovery code: \(mark)")
        #expect(Redactor().redact("recovery key is EsTc 5rPB 5Qxy 9mQj Lp2z 7Nfk") == "recovery key is \(mark)")
        #expect(Redactor().redact("setup key: JBSW Y3DP EHPK 3PXQ") == "setup key: \(mark)")
        #expect(Redactor().redact("Backup codes\n8392 0184\n") == "Backup codes\n\(mark)\n")
    }

    private static let words = "legal winner thank year wave sausage worth useful brave turtle orbit magnet".split(
        separator: " ")

    @Test(arguments: [" ", "\n", "\",\"", ", "])
    func findsSeedPhrases(separator: String) {
        let phrase = Self.words.joined(separator: separator)
        #expect(Redactor().redact("seed = \"\(phrase)\"\n") == "seed = \"[redacted:seed-phrase]\"\n")
        #expect(Redactor().redact("wallet:\n\(phrase)\n") == "wallet:\n[redacted:seed-phrase]\n")
        #expect(Redactor().redact("    7→\(phrase)\n").hasSuffix("[redacted:seed-phrase]\n"))
        #expect(Redactor().redact("it is \(phrase.uppercased())!") == "it is [redacted:seed-phrase]!")
        #expect(Redactor().redact("it is \(phrase), ok?") == "it is [redacted:seed-phrase], ok?")
        // A list of the words, one too few, one word over and over.
        let others: [[Substring]] = [
            Self.words.sorted(), Array(Self.words.dropLast()), Array(repeating: "zoo", count: 12),
        ]
        for other in others {
            let text = "wallet:\n\(other.joined(separator: separator))\n"
            #expect(Redactor().redact(text) == text)
        }
    }

    @Test func findsAPrivateKeyInBase64() {
        let key = Array(("-----BEGIN EC PRIVATE" + " KEY-----\n" + SecretExamples.keyBody.joined()).utf8)
        let text = "client-key-data: " + base64(key) + "\n"
        #expect(Redactor().redact(text) == "client-key-data: [redacted:private-key]\n")
        let certificate =
            "client-certificate-data: " + base64(Array(("-----BEGIN CERTIFICATE-----\n" + Self.token).utf8))
        #expect(Redactor().redact(certificate) == certificate)
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let signs = SecretExamples.base64
        return String(
            stride(from: 0, to: bytes.count - 2, by: 3).flatMap { at in
                let bits = Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
                return [18, 12, 6, 0].map { signs[bits >> $0 & 63] }
            })
    }
}
