package import Domain

/// A session that was passed on to the second copy. It lies there for good, whether or not the vault has it again.
package struct AwaySession: Codable, Sendable, Equatable {
    /// Where in the copy its pack lies: so that it can be told anew where the journal that told it is gone.
    package struct Part: Codable, Sendable, Equatable {
        package var object: String
        package var offset: Int
        package var length: Int

        package init(object: String, offset: Int, length: Int) {
            (self.object, self.offset, self.length) = (object, offset, length)
        }
    }

    package var session: SessionID
    /// The address of the copy.
    package var url: String
    /// Of its own pack: bytes, SHA-256, and what it is known by there.
    package var bytes: Int64
    package var digest: String
    package var revision: String
    package var parts: [Part]
    package var changedMilliseconds: Int64
    /// When it was added to last, and when it left; ms since 1970.
    package var lastMilliseconds: Int64
    package var leftMilliseconds: Int64
    package var files: Int
    package var keptBytes: Int64
    package var cwd: String
    /// The highest generation of its files: what is kept anew is another.
    package var generation: Int

    /// One of which the copy alone knows.
    package init(
        session: SessionID, url: String, bytes: Int64, digest: String, revision: String, parts: [Part],
        changedMilliseconds: Int64, leftMilliseconds: Int64
    ) {
        self.session = session
        self.url = url
        self.bytes = bytes
        self.digest = digest
        self.revision = revision
        self.parts = parts
        self.changedMilliseconds = changedMilliseconds
        lastMilliseconds = changedMilliseconds
        self.leftMilliseconds = leftMilliseconds
        (files, keptBytes, cwd, generation) = (0, bytes, "", 1000)
    }
}
