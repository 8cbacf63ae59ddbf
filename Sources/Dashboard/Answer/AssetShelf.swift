internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// The files of the page, with a mark each by which a browser knows that it has them already.
struct AssetShelf: Sendable {
    private struct Entry {
        let contentType: String
        let tag: String
        let body: ByteBuffer
    }

    private let entries: [String: Entry]

    init(_ assets: [Asset]) {
        var entries: [String: Entry] = [:]
        for asset in assets {
            entries[asset.path] = Entry(
                contentType: asset.contentType, tag: "\"\(Self.mark(asset.bytes))\"",
                body: ByteBuffer(bytes: asset.bytes))
        }
        self.entries = entries
    }

    func response(_ name: String, to head: HTTPRequest) throws(Refusal) -> Response {
        guard let entry = entries["/assets/\(name)"] else { throw .notFound }
        // Asked for anew each time, sent anew only when it changed with a new version.
        let headers: HTTPFields = [
            .contentType: entry.contentType, .eTag: entry.tag, .cacheControl: "no-cache",
        ]
        let known = head.headerFields[.ifNoneMatch]?.split(separator: ",").map { $0.drop { $0 == " " } } ?? []
        if known.contains(where: { $0 == entry.tag || $0 == "W/\(entry.tag)" || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: entry.body))
    }

    /// FNV-1a: told apart are versions of our own file, not an enemy's.
    private static func mark(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
