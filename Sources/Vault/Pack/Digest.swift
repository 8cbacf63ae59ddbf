internal import Crypto

/// SHA-256 by the machine's own instructions, for megabytes.
enum Digest {
    /// - Returns: lower-case hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let sum = SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: sum, as: UTF8.self)
    }
}
