import Redaction
import Testing

@Suite struct RedactorTests {
    private let redactor = Redactor()

    @Test(arguments: SecretExamples.all)
    func replacesTheSecretAndKeepsWhatIsAroundIt(example: SecretExamples.Example) {
        #expect(redactor.redact(example.text) == "\(example.before)[redacted:\(example.kind)]\(example.after)")
    }

    @Test(arguments: LookAlikes.all)
    func leavesLookAlikesAlone(text: String) {
        #expect(redactor.redact(text) == text)
    }

    @Test(
        arguments: ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA ", ""],
        ["\n", "\\n", "\r\n", "\\\\n", "\\n\" +\n  \""])
    func coversPrivateKeysWithTheirFrames(kind: String, lineBreak: String) {
        let frame = "-----BEGIN \(kind)PRIVATE" + " KEY-----"
        let end = "-----END \(kind)PRIVATE KEY-----"
        let key = ([frame] + SecretExamples.keyBody + [end]).joined(separator: lineBreak)
        #expect(redactor.redact("before \(key) behind") == "before [redacted:private-key] behind")
        let cut = ([frame] + SecretExamples.keyBody).joined(separator: lineBreak)
        #expect(redactor.redact("before \(cut)") == "before [redacted:private-key]")
    }

    @Test func coversAKeyWithHeadersAndLineNumbers() {
        let lines =
            ["-----BEGIN RSA PRIVATE" + " KEY-----", "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0123", ""]
            + SecretExamples.keyBody + ["-----END RSA PRIVATE KEY-----"]
        let numbered = lines.enumerated().map { "    \($0.offset + 1)→\($0.element)" }.joined(separator: "\n")
        #expect(redactor.redact(numbered) == "    1→[redacted:private-key]")
    }

    @Test func coversTheTailOfAKey() {
        let tail = SecretExamples.keyBody.joined(separator: "\n") + "\n-----END RSA PRIVATE" + " KEY-----\n"
        #expect(redactor.redact("$ tail key\n" + tail) == "$ tail key\n[redacted:private-key]\n")
    }

    @Test func stopsWhereACutKeyDoes() {
        let text = "-----BEGIN PRIVATE" + " KEY-----\n" + SecretExamples.keyBody[0] + "\nand then prose goes on"
        #expect(redactor.redact(text) == "[redacted:private-key]\nand then prose goes on")
    }

    @Test func coversTheDataOfAKubernetesSecretWhereverItsKindStands() {
        let mark = "[redacted:kubernetes-secret]"
        #expect(
            redactor.redact("data:\n  user: YWRtaW4=\nkind: Secret\nmetadata:\n  name: x")
                == "data:\n  user: \(mark)\nkind: Secret\nmetadata:\n  name: x")
        #expect(
            redactor.redact("kind: Secret\nstringData:\n  a.conf: ordinary\n---\nkind: ConfigMap\ndata:\n  b: plain1")
                == "kind: Secret\nstringData:\n  a.conf: \(mark)\n---\nkind: ConfigMap\ndata:\n  b: plain1")
        #expect(
            redactor.redact(#"{"kind":"Secret","data":{"u":"YWRtaW4="},"x":1}"#)
                == #"{"kind":"Secret","data":{"u":"\#(mark)"},"x":1}"#)
    }

    @Test func coversAnAccessKeyAndTheSecretBesideIt() {
        let id = "AK" + "IA" + "QWERTYUIOPASDFG2"
        #expect(
            redactor.redact("\(id),kJ8sQmZ2vXr4TbN7yWc1LpHd5GfA9uEo3RiK6xVt\n")
                == "[redacted:aws-access-key],[redacted:aws-secret-key]\n")
    }

    @Test(arguments: [
        ("a<private>b</private>c", "ac"), ("a<PRIVATE>b\nc</Private>d", "ad"), ("a<private>b", "a"),
        ("a<private>b<private>c</private>d</private>e", "ae"), ("<private>a</private>b<private>c</private>", "b"),
        ("a</private>b", "a</private>b"), ("<pri<private>x</private>vate>y", ""), ("<private>", ""),
        ("a <privateer> b", "a <privateer> b"), ("Box<Private> box; more", "Box<Private> box; more"),
    ])
    func dropsPrivateSections(text: String, kept: String) {
        #expect(redactor.redact(text) == kept)
    }

    @Test func leavesInvalidUTF8AsItIs() {
        let bytes: [UInt8] = [0xff, 0xc3, 0x28, 0x00, 0xe2, 0x82] + Array("x = 1".utf8)
        #expect(redactor.redact(bytes) == bytes)
    }
}
