internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// The files of the page, with a mark each by which a browser knows that it has them already.
struct AssetStore: Sendable {
    private struct Entry {
        let contentType: String
        let tag: String
        let body: ByteBuffer
    }

    private let entries: [String: Entry]

    init(_ assets: [Asset]) {
        var entries: [String: Entry] = [:]
        for asset in assets {
            // Told apart are versions of our own file, not an enemy's.
            entries[asset.path] = Entry(
                contentType: asset.contentType, tag: "\"\(Checksum.fnv1a(asset.bytes.span).hexadecimal)\"",
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
}

/// A file of the page: where it is found, what it is, and its bytes.
package struct Asset: Sendable {
    /// The whole path, such as `/assets/page.css`.
    package let path: String
    package let contentType: String
    package let bytes: [UInt8]

    package init(path: String, contentType: String, bytes: [UInt8]) {
        self.path = path
        self.contentType = contentType
        self.bytes = bytes
    }
}
