internal import Crypto

/// SHA-256 of an item's bytes, taken in piece by piece.
struct ContentDigest {
    private var hash = SHA256()

    mutating func add(_ bytes: some Sequence<UInt8>) {
        if let bytes = bytes as? [UInt8] { hash.update(data: bytes) } else { hash.update(data: Array(bytes)) }
    }

    /// Lower-case hexadecimal digits.
    var text: String { Hexadecimal.text(hash.finalize()) }

    static func text(of bytes: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }
}
