internal import Crypto

/// The keys that close and open a second copy, 256 bits each, newest first: the first closes, all of them open.
package struct CopyKey: Sendable {
    /// What is made of one key (HKDF-SHA256, RFC 5869): nothing is closed and named by the same bytes, and the mark, which
    /// is seen by everybody, tells nothing of the others.
    struct Secret: Sendable {
        let sealing: SymmetricKey
        let naming: SymmetricKey
        let nonces: SymmetricKey
        /// 16 hex digits, by which another key is known for another.
        let mark: String

        init(_ key: [UInt8]) {
            func derived(_ purpose: String, _ count: Int = 32) -> SymmetricKey {
                HKDF<SHA256>.deriveKey(
                    inputKeyMaterial: SymmetricKey(data: key), info: Array("holdfast second copy: \(purpose)".utf8),
                    outputByteCount: count)
            }
            sealing = derived("sealing")
            naming = derived("naming")
            nonces = derived("nonces")
            mark = Hexadecimal.text(unsafe derived("mark", 8).withUnsafeBytes { unsafe Array($0) })
        }
    }

    let secrets: [Secret]

    /// Of the key that closes.
    package var mark: String { secrets[0].mark }
    /// Of all of them, newest first.
    package var marks: [String] { secrets.map(\.mark) }

    /// - Parameter keys: newest first, 32 bytes each.
    /// - Returns: nil where there is none, or one of another length.
    package init?(keys: [[UInt8]]) {
        guard !keys.isEmpty, keys.allSatisfy({ $0.count == Self.length }) else { return nil }
        secrets = keys.map(Secret.init)
    }

    /// Bytes.
    package static let length = 32

    /// What a person has to be told who makes, sees or rotates a key.
    package static let warning = """
        Without this key the second copy is worthless: nobody can open it, we neither. Keep the file where this host's \
        disk cannot take it along, such as a password manager, and again after each rotation.
        """

    func secret(_ mark: String) -> Secret? { secrets.first { $0.mark == mark } }
}

/// Whoever prints it shows no key.
extension CopyKey: CustomStringConvertible {
    package var description: String { "key \(mark)" }
}
