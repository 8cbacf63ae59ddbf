internal import Compression
internal import Domain

/// How a segment stands in a pack: a skippable zstd frame (RFC 8878, section 3.1.2) with its head as JSON, then its bytes as
/// a zstd frame, or, encrypted, in another skippable one. So `zstd -dc FILE.pack` prints what an unencrypted pack keeps.
///
/// The last member of the head's JSON is `sum`, an FNV-1a of all before it: what is wrong with a head must not make another
/// session's, or another place's, of its segment.
enum Frame {
    private static let headMagic: UInt32 = 0x184D_2A5E
    private static let sealedMagic: UInt32 = 0x184D_2A5F
    private static let prefix = 8
    /// Of a head, bytes: paths are at most 4 KB, and cuts are few.
    private static let headLimit = 1 << 20

    static func bytes(_ head: SegmentHead, _ content: [UInt8], _ seal: Seal?) throws(VaultError) -> [UInt8] {
        var head = head
        let frame = Zstandard.compressed(content)
        head.isSealed = seal != nil
        head.key = seal?.mark
        head.stored = frame.count + (seal == nil ? 0 : prefix + Seal.overhead)
        let text = try text(of: head)
        guard let seal else { return skippable(headMagic, text) + frame }
        return skippable(headMagic, text) + skippable(sealedMagic, try seal.closed(frame, authenticating: text))
    }

    private static func text(of head: SegmentHead) throws(VaultError) -> [UInt8] {
        do {
            let text = try JSONValue(encoding: head).text.dropLast()
            return Array("\(text)\(sumStart)\(Checksum.fnv1a(String(text)).hexadecimal)\(sumEnd)".utf8)
        } catch {
            throw .rejected(reason: "\(head.name) cannot be kept: \(error)")
        }
    }

    private static let sumStart = #","sum":""#, sumEnd = #""}"#

    /// Whether a head's text is what was written; nil where it does not say.
    private static func isWhole(_ text: String) -> Bool? {
        let end = text.utf8.suffix(sumStart.utf8.count + 16 + sumEnd.utf8.count)
        guard end.starts(with: sumStart.utf8) else { return nil }
        let sum = end.dropFirst(sumStart.utf8.count).prefix(16)
        return Checksum.fnv1a(String(text.utf8.dropLast(end.count)) ?? "").hexadecimal.utf8.elementsEqual(sum)
    }

    private static func skippable(_ magic: UInt32, _ bytes: [UInt8]) -> [UInt8] {
        littleEndian(magic) + littleEndian(UInt32(bytes.count)) + bytes
    }

    private static func littleEndian(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (8 * $0) & 0xFF) } }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The head at the beginning of some bytes of a pack, and how long it is with its frame.
    /// - Returns: nil when there is none.
    static func head(of bytes: ArraySlice<UInt8>) -> (head: SegmentHead, length: Int)? {
        guard bytes.count >= prefix, number(bytes) == headMagic else { return nil }
        let length = Int(number(bytes.dropFirst(4)))
        guard length <= headLimit, bytes.count >= prefix + length else { return nil }
        let text = String(decoding: bytes.dropFirst(prefix).prefix(length), as: UTF8.self)
        let isWhole = isWhole(text)
        guard isWhole != false, let head = try? JSONValue(parsing: text).decode(SegmentHead.self), head.isSound,
            isWhole == true || head.version == 1
        else { return nil }
        return (head, prefix + length)
    }

    /// How many bytes must be read to be sure of having the head.
    static func headLength(of bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= prefix, number(bytes) == headMagic else { return nil }
        let length = Int(number(bytes.dropFirst(4)))
        return length <= headLimit ? prefix + length : nil
    }

    /// The content of a whole segment, as it was kept.
    /// - Parameter name: of the segment, for people.
    static func content(
        of bytes: ArraySlice<UInt8>, named name: String, _ seal: Seal?
    ) throws(VaultError) -> (head: SegmentHead, content: [UInt8]) {
        guard let (head, length) = head(of: bytes) else {
            throw .damaged(segment: name, reason: "there is no segment where one was written")
        }
        guard head.version <= SegmentHead.version else {
            throw .newer(version: head.version, known: SegmentHead.version)
        }
        var frame = bytes.dropFirst(length)
        if head.isSealed {
            guard let seal else {
                throw .locked(reason: "\(name) is encrypted; set vault.encrypt_key_file to the file with its key")
            }
            let text = Array(bytes.dropFirst(prefix).prefix(length - prefix))
            guard number(frame) == sealedMagic, frame.count >= prefix else {
                throw .damaged(segment: name, reason: "its encrypted bytes do not follow its head")
            }
            let sealed = frame.dropFirst(prefix).prefix(Int(number(frame.dropFirst(4))))
            frame = try seal.opened(sealed, authenticating: text, of: head, named: name)[...]
        }
        guard head.kept >= 0, head.kept <= contentLimit,
            let content = Zstandard.decompressed(frame, count: head.kept)
        else { throw .damaged(segment: name, reason: "it cannot be decompressed") }
        guard Digest.hexadecimal(content) == head.sha256 else {
            throw .damaged(segment: name, reason: "its bytes are not those of its SHA-256")
        }
        return (head, content)
    }

    /// Of a segment's content, bytes: no more is read into memory, whatever a pack says.
    static let contentLimit = 256 << 20
}
