internal import Crypto
internal import Domain

/// HMAC-SHA256 (RFC 2104), by which one who knows the key tells that a message is of another who knows it.
package enum AuthenticationCode {
    /// - Returns: lower-case hexadecimal digits.
    package static func hexadecimal(of message: String, key: String) -> String {
        HMAC<Crypto.SHA256>.authenticationCode(for: Array(message.utf8), using: SymmetricKey(data: Array(key.utf8)))
            .map { String($0, digits: 2, radix: 16) }.joined()
    }
}
