package import Domain
internal import Glibc
package import Platform
package import Settings

/// The tombstones of this host. Whoever captures reads those it may meet; a hook asks for one name.
package struct Tombstones: Sendable {
    private let folder: String

    package init(_ state: StateFolder) { folder = state.forgotten }

    private func path(_ session: SessionID) -> String { "\(folder)/\(session)" }

    /// - Returns: nil where nothing of the session is forgotten.
    /// - Throws: where there is one that cannot be read or says nothing: nobody may take that for leave to record.
    package func tombstone(of session: SessionID) throws(FileError) -> Tombstone? {
        let text: String
        do throws(FileError) {
            text = try Files.read(path(session), limit: 1 << 28)
        } catch {
            guard error.isNowhere else { throw error }
            return nil
        }
        guard let tombstone = Tombstone(of: session, text: text) else {
            throw FileError(path: path(session), number: EBADMSG)
        }
        return tombstone
    }

    /// Whether nothing of a session is to be kept. One system call where nothing of it is forgotten.
    package func isWhole(_ session: SessionID) throws(FileError) -> Bool {
        do throws(FileError) {
            return try head(of: session).isWhole
        } catch {
            guard error.isNowhere else { throw error }
            return false
        }
    }

    private func head(of session: SessionID) throws(FileError) -> Tombstone.Head {
        let line = try Files.read(path(session), limit: 128).split(separator: "\n").first
        guard let head = line.flatMap({ Tombstone.Head(of: session, line: $0) }) else {
            throw FileError(path: path(session), number: EBADMSG)
        }
        return head
    }

    /// Whose words are forgotten.
    package func sessions() throws(FileError) -> [SessionID] {
        do throws(FileError) {
            // A draft, as of a process that was killed, has a point in its name.
            return try Files.names(in: folder).compactMap(SessionID.init).sorted { $0.rawValue < $1.rawValue }
        } catch {
            guard error.isNowhere else { throw error }
            return []
        }
    }

    /// The first lines of all but one: of what others forgot a transcript may hold copies.
    func heads(but session: SessionID? = nil) throws(FileError) -> [Tombstone.Head] {
        var heads: [Tombstone.Head] = []
        for other in try sessions() where other != session { heads.append(try head(of: other)) }
        return heads
    }

    /// Says that something is forgotten, beside what is said of the session already. On the disk when this returns.
    package func add(_ tombstone: Tombstone) throws(FileError) {
        let known = try self.tombstone(of: tombstone.session)
        var whole = known ?? tombstone
        whole.formUnion(tombstone)
        guard whole != known else { return }
        try Files.makeFolder(folder)
        try Files.write(whole.text, to: path(tombstone.session), isSynced: true)
    }

    /// What names a tombstone as it stands: another once more is forgotten.
    package func mark(of session: SessionID) throws(FileError) -> String {
        "\(session) \(Checksum.fnv1a(try Files.read(path(session), limit: 1 << 28)).hexadecimal)"
    }

    /// Says whether anything was forgotten since the last look.
    package var changeMark: String {
        guard let status = try? Files.status(folder) else { return "" }
        return "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
