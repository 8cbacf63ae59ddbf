internal import Compression
internal import Crypto
internal import Domain

/// Closes what goes into the copy, opens what comes out of it, and names it.
///
/// A stored file is `magic, version, whether it is sealed, mark of the key, length of the plain bytes`, then a box: what zstd
/// made of the plain bytes, by AES-256-GCM (NIST SP 800-38D) with all before it authenticated. The name is an HMAC-SHA256 of
/// the plain bytes: equal ones are stored once, and who has no key can tell of no bytes whether they are here.
///
/// The nonce is an HMAC-SHA256 of what is boxed, its first 12 bytes, as in SIV modes (RFC 5297): so hosts that store the same
/// bytes write the same file, and it needs no counter that a restored host would put back. GCM breaks when one nonce goes
/// with two messages; here another message has another nonce but for an accident of 2^-96 for each pair, which a million
/// files make one of 2^-57. It is taken of the *compressed* bytes since two versions of zstd make different ones of the same
/// plain, and a nonce of the plain would then go with both.
package struct Seal: Sendable {
    private let key: CopyKey?

    package init(_ key: CopyKey) { self.key = key }

    private init() { key = nil }

    /// Closes nothing: for a folder that a person keeps safe by other means. It opens no sealed file, and with a key no file
    /// is opened that is not sealed.
    package static let plain = Seal()

    package var isPlain: Bool { key == nil }
    /// Of the keys that open, newest first.
    package var marks: [String] { key?.marks ?? [] }

    /// A file ready to be stored.
    struct Closed {
        /// Of the plain bytes, 64 hex digits.
        var name: String
        var bytes: [UInt8]
    }

    static let magic = Array("HFcopy".utf8)
    private static let version: UInt8 = 1
    /// Bytes before the box.
    static let headLength = 24
    /// Of what one file holds, plain bytes: no more room is taken, whatever a file says.
    static let mostPlain = 64 << 20

    /// 64 hex digits that stand for a text, such as a host's name, to who has the key.
    /// - Returns: one for each key, newest first.
    func names(of text: String) -> [String] {
        guard let key else { return [Hexadecimal.text(Crypto.SHA256.hash(data: Array(text.utf8)))] }
        return key.secrets.map { Self.name(of: Array("host \(text)".utf8), $0) }
    }

    private static func name(of bytes: [UInt8], _ secret: CopyKey.Secret?) -> String {
        guard let secret else { return Hexadecimal.text(Crypto.SHA256.hash(data: bytes)) }
        return Hexadecimal.text(HMAC<Crypto.SHA256>.authenticationCode(for: bytes, using: secret.naming))
    }

    /// What a file with these bytes would be called now.
    func name(of bytes: [UInt8]) -> String { Self.name(of: bytes, key?.secrets[0]) }

    func closed(_ bytes: [UInt8]) throws(CopyError) -> Closed {
        guard bytes.count <= Self.mostPlain else {
            throw .unavailable(reason: "\(bytes.count) bytes are too many for one stored file")
        }
        let name = name(of: bytes), frame = Zstandard.compressed(bytes)
        let head = Self.head(of: key?.secrets[0], count: bytes.count)
        guard let secret = key?.secrets[0] else { return Closed(name: name, bytes: head + frame) }
        do {
            var code = HMAC<Crypto.SHA256>(key: secret.nonces)
            code.update(data: head)
            code.update(data: frame)
            let nonce = try AES.GCM.Nonce(data: Array(code.finalize()).prefix(12))
            let box = try AES.GCM.seal(frame, using: secret.sealing, nonce: nonce, authenticating: head)
            var file = head
            file.reserveCapacity(head.count + 12 + frame.count + 16)
            file += nonce
            file += box.ciphertext
            file += box.tag
            return Closed(name: name, bytes: file)
        } catch {
            throw .unavailable(reason: "\(name) could not be sealed: \(error)")
        }
    }

    private static func head(of secret: CopyKey.Secret?, count: Int) -> [UInt8] {
        let mark = secret.flatMap { Hexadecimal.bytes($0.mark) } ?? [UInt8](repeating: 0, count: 8)
        let size = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(count) >> (8 * UInt64($0))) }
        return magic + [version, secret == nil ? 0 : 1] + mark + size
    }

    /// - Parameters:
    ///   - name: under which the bytes lay; another's are not taken for them.
    ///   - place: of the file, for people.
    /// - Throws: `locked` with the mark of the key that is wanted, `newer`, `damaged`.
    func opened(_ bytes: [UInt8], named name: String, at place: String) throws(CopyError) -> [UInt8] {
        guard bytes.count > Self.headLength, bytes.starts(with: Self.magic) else {
            throw .damaged(name: place, reason: "it does not begin as one of ours")
        }
        let head = Array(bytes.prefix(Self.headLength))
        let count = head[16...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let secret: CopyKey.Secret?
        do throws(CopyError) {
            secret = try self.secret(for: head, at: place)
        } catch {
            // A disk that alters a bit there makes no other key of ours, and no newer Holdfast: nobody is to look for one.
            switch error {
            case .locked, .newer:
                guard isOurs(bytes[Self.headLength...], count: count, at: place) else { throw error }
                throw .damaged(name: place, reason: "its head was changed")
            default: throw error
            }
        }
        guard count <= UInt64(Self.mostPlain) else { throw .damaged(name: place, reason: "its length cannot be") }
        let frame = try secret.map { secret throws(CopyError) in
            try Self.unboxed(bytes[Self.headLength...], secret, head, at: place)
        }
        guard let plain = Zstandard.decompressed(frame?[...] ?? bytes[Self.headLength...], count: Int(count)) else {
            throw .damaged(name: place, reason: "it cannot be decompressed")
        }
        guard Self.name(of: plain, secret) == name else {
            throw .damaged(name: place, reason: "its bytes are not those of its name")
        }
        return plain
    }

    /// - Returns: nil for a plain file, where plain ones are taken.
    private func secret(for head: [UInt8], at place: String) throws(CopyError) -> CopyKey.Secret? {
        guard head[6] <= Self.version else { throw .newer(format: Int(head[6]), known: Int(Self.version)) }
        let mark = Hexadecimal.text(head[8..<16])
        switch (head[7], key) {
        case (0, nil): return nil
        case (0, _?): throw .damaged(name: place, reason: "it is not sealed, as all of ours are")
        case (1, let key):
            guard let secret = key?.secret(mark) else {
                throw .locked(reason: "\(place) was sealed with another key", marks: [mark])
            }
            return secret
        default: throw .damaged(name: place, reason: "it is sealed in no way that is known")
        }
    }

    /// Whether one of our keys closed it, behind the head that it would have had.
    private func isOurs(_ box: ArraySlice<UInt8>, count: UInt64, at place: String) -> Bool {
        guard let key, count <= UInt64(Self.mostPlain) else { return false }
        return key.secrets.contains { secret in
            (try? Self.unboxed(box, secret, Self.head(of: secret, count: Int(count)), at: place)) != nil
        }
    }

    private static func unboxed(
        _ box: ArraySlice<UInt8>, _ secret: CopyKey.Secret, _ head: [UInt8], at place: String
    ) throws(CopyError) -> [UInt8] {
        do {
            return Array(
                try AES.GCM.open(AES.GCM.SealedBox(combined: box), using: secret.sealing, authenticating: head))
        } catch {
            throw .damaged(name: place, reason: "its bytes were changed")
        }
    }
}

/// Whoever prints it shows no key.
extension Seal: CustomStringConvertible {
    package var description: String { key.map { "\($0)" } ?? "no key" }
}
