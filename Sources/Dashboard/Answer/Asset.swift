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
