extension SHA256 {
    /// HMAC (RFC 2104) as lower-case hexadecimal digits.
    package static func authenticationCode(of message: String, key: String) -> String {
        var block = Array(key.utf8)
        if block.count > 64 { block = bytes(hexadecimal(of: key)) }
        block += [UInt8](repeating: 0, count: 64 - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(message)
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        outer.update(bytes(inner.hexadecimal()))
        return outer.hexadecimal()
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let values = digits.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
