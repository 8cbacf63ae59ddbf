internal import Crypto
internal import Platform

/// AES-GCM over a segment's bytes (NIST SP 800-38D), its head authenticated with them, by a key of 256 bits.
package struct Seal: Sendable {
    private let key: SymmetricKey
    /// What encryption adds: a nonce and a tag, bytes.
    static let overhead = 12 + 16
    /// Of the key, so that another is known for another: 16 hex digits.
    package let mark: String

    /// - Parameter path: a file of this user alone with 64 hexadecimal digits.
    package init(keyFile path: String) throws(VaultError) {
        let text: String
        do throws(PrivateFile.Fault) {
            text = try PrivateFile.read(path, isNamed: true, limit: 1024)
        } catch {
            throw .locked(
                reason: """
                    it cannot be read from \(path): \(error). What is encrypted cannot be read and nothing new is kept \
                    until it is there again, or vault.encrypt_key_file names the file in which it is
                    """)
        }
        let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
        guard digits.count == 64, text.filter({ !$0.isWhitespace }).count == 64 else {
            throw .locked(
                reason: "\(path) holds no key; 64 hexadecimal digits make one: openssl rand -hex 32 > \(path)")
        }
        let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        key = SymmetricKey(data: bytes)
        mark = String(Digest.hexadecimal(Array("holdfast vault key".utf8) + bytes).prefix(16))
    }

    func closed(_ bytes: [UInt8], authenticating head: [UInt8]) throws(VaultError) -> [UInt8] {
        do {
            guard let box = try AES.GCM.seal(bytes, using: key, authenticating: head).combined else {
                throw VaultError.unavailable(reason: "it could not be encrypted")
            }
            return Array(box)
        } catch let error as VaultError {
            throw error
        } catch {
            throw .unavailable(reason: "it could not be encrypted: \(error)")
        }
    }

    func opened(
        _ bytes: ArraySlice<UInt8>, authenticating text: [UInt8], of head: SegmentHead, named name: String
    ) throws(VaultError) -> [UInt8] {
        do {
            return Array(try AES.GCM.open(AES.GCM.SealedBox(combined: bytes), using: key, authenticating: text))
        } catch {
            switch head.key {
            case mark?: throw .damaged(segment: name, reason: "its encrypted bytes were changed")
            case nil: throw .locked(reason: "\(name) was not encrypted with this key, or was changed")
            case let other?:
                throw .locked(
                    reason:
                        "\(name) was encrypted with another key than that of vault.encrypt_key_file (\(other), not \(mark))"
                )
            }
        }
    }
}
