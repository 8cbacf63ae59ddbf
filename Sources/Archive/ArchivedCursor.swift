package import Domain

/// A file's cursor with what is needed to restore it.
package struct ArchivedCursor: Sendable, Equatable {
    package var file: FileID
    package var path: String
    package var host: String
    package var cursor: Cursor
    package var capturedMilliseconds: Int64

    package init(file: FileID, path: String, host: String, cursor: Cursor, capturedMilliseconds: Int64) {
        self.file = file
        self.path = path
        self.host = host
        self.cursor = cursor
        self.capturedMilliseconds = capturedMilliseconds
    }
}
