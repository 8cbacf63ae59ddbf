/// Names of passwords that are not written in ASCII: `contraseña: …`, `пароль: …`, `密码：…`.
enum ForeignNames {
    private static let names: [[UInt8]] = [
        "contraseña", "пароль", "Пароль", "密码", "密碼", "パスワード", "비밀번호", "암호", "hasło", "Hasło", "şifre", "Şifre",
        "parolă", "lösenord", "Lösenord", "jelszó", "Jelszó", "mật khẩu", "Mật khẩu", "κωδικός", "סיסמה", "पासवर्ड",
        "รหัสผ่าน",
    ].map { Array($0.utf8) }

    /// - Parameter separator: at `:`, at `=`, or at the last byte of `：`.
    static func find(_ text: inout ScannedText, at separator: Int) -> Finding? {
        var end = separator
        if text[separator] == 0x9A {
            guard text[separator - 1] == 0xBC, text[separator - 2] == 0xEF else { return nil }
            end -= 2
        }
        end = text.skippingBlanksBack(end)
        while separator - end < 8, text[end - 1].isQuote || text[end - 1] == UInt8(ascii: "*") { end -= 1 }
        // All but a few have a byte beyond ASCII near their end, and none is without.
        guard (1...10).contains(where: { text[end - $0] >= 0x80 }),
            names.contains(where: { text.starts(with: $0, at: end - $0.count) }),
            let value = AssignedValue(&text, after: separator + 1, site: .init(name: end..<end))
        else { return nil }
        return NamedSecrets.judge(&text, value, .password, SecretName.Words(text, end..<end))
    }
}
