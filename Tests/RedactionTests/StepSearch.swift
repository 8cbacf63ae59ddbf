@testable import Redaction

/// Texts put together at random from what scanners wait for, each as long as one likes: a search for those whose steps
/// grow faster than they do.
struct StepSearch {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// One kind of text: a few units over and over, one behind the other, with something before and after.
    struct Shape: CustomStringConvertible {
        var head: String
        var units: [String]
        var tail: String

        func text(bytes: Int) -> [UInt8] {
            var text = Array(head.utf8)
            for unit in units {
                let share = text.count + bytes / units.count
                while text.count < share { text += unit.utf8 }
            }
            return text + tail.utf8
        }

        var description: String { "\(head.debugDescription) + \(units) + \(tail.debugDescription)" }
    }

    mutating func shape() -> Shape {
        let units = (0..<Int.random(in: 1...3, using: &self)).map { _ in
            coin() ? piece() : (0..<Int.random(in: 2...4, using: &self)).map { _ in piece() }.joined()
        }
        return Shape(head: coin() ? piece() : "", units: units, tail: coin() ? piece() : "")
    }

    private mutating func coin() -> Bool { Int.random(in: 0...1, using: &self) == 0 }

    private mutating func piece() -> String {
        switch Int.random(in: 0...9, using: &self) {
        case 0: KnownTokens.all.randomElement(using: &self).map { String(decoding: $0.prefix, as: UTF8.self) } ?? ""
        case 1: CommandLines.names.randomElement(using: &self).map { $0.name.description + " " } ?? ""
        default: Self.pieces.randomElement(using: &self) ?? ""
        }
    }

    private static let pieces = [
        // Names, separators, values
        "password", "token", "api_key", "secret", "name: ", "value: ", "Authorization: ", "Bearer ", "Basic ",
        "Cookie: ",
        "=", ":", ": ", ",", ";", "&", "?", "|", "||", "??", ">", "=>", "\"", "'", "`", "\\\"", "\\", "(", ")", "[",
        "]",
        "{", "}", "<", "$", "${", "#", "@", "%", "*", "+", "~", "_", ".", "...", "/", "-", "--", " ", "  ", "\t", "\n",
        "\r\n", "a", "A", "0", "x9Kq2LmN7vR4", "aaaaaaaaaaaaaaaa", "0000000000", "Q~", "a5Q~", "é", "…", "→", "1→",
        // Tokens, keys, URLs
        "eyJ", "eyJ-", "eyJaaaaaaaaaaaaaaaaaa.", ".eyJ", "MTIzNDU2Nzg5MDEyMzQ1Njc4.", "123456789:AA", "atlasv1.",
        "ZXlK",
        "LS0tLS1CRUdJTi", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "-----BEGIN ", "-----",
        "Comment: ",
        "Proc-Type: 4", "Private-Lines: 1", "://", "https://", "postgres://u:", "a:5432:b:c:", "[redacted:x]",
        "[redacted:",
        // Layouts
        "kind: Secret\n", "kind", "data:", "data:\n  ", "stringData:\n", "---\n", "password: |\n  ", "password: >-\n",
        "| user | password |\n", "|---|---|\n", "user,password\n", "a,b\n", "user\tpassword\n", "USER  PASSWORD\n", "│",
        "Recovery codes:\n", "backup code ", "verification code ", " is your ", "OTP ", "abandon ", "zoo ", "1. ",
        "<<EOF\n", "<<<", "echo ", "printf ", "chpasswd ", "sudo -S ", "-u a:", "-p", "-P ", "-U a%", "-pass pass:",
        "identified by ", "cat <<E", "| sudo -S", "send \"", "assword", "crypt('", "convertto-securestring ",
        "net use ", "psexec.py a/b:", "use 739204 ", "key ABCD ", "ripple ", "scissors kick ", "<td>", "</td>",
        "password:\n", "password = <<E\n", "\"\"\"", "\" + \"", "=\n", "^\n", "<wbr>", "%E2%80%8B", "пароль", "：",
        "<(echo ", "--value ",
        // What is hidden or escaped
        "\0", "\r", "\u{1b}", "\u{1b}[", "\u{1b}[32m", "\u{1b}]", "\u{1b}]8;;", "\u{7}", "\u{85}", "\u{9b}", "\u{200b}",
        "\u{feff}", "\\\n", "\\\\\\n", "\\n", "\\u003d", "\\u00", "\\u{", "\\x3d", "\\e[", "\\033[", "%3D", "%25",
        "%2525",
        "%00", "&quot;", "&#", "&#x3D;", "^[[", "[32m", "<private>", "</private>", "<private", "\\u003cprivate\\u003e",
    ]
}

extension StepSearch: RandomNumberGenerator {
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
