package import Domain
internal import Platform

/// Between vault and second copy, by files named `<session>-<ms>`: in `leaving/` packs of one session each, which wait to be
/// sent; in `away/` what was sent. A session that was here again, went on, and leaves once more has two.
package struct VaultTier: Sendable {
    let folder: String

    /// - Parameter vault: its folder.
    package init(vault: String) { folder = vault }

    package var leaving: String { folder + "/leaving" }
    private var away: String { folder + "/away" }
    private static let suffix = ".json"

    /// - Returns: nil for what is not named so.
    package static func session(of name: String) -> SessionID? {
        let parts = name.prefix { $0 != "." }
        guard name.hasSuffix(PackFolder.suffix), let dash = parts.lastIndex(of: "-"),
            Int64(parts[parts.index(after: dash)...]) != nil
        else { return nil }
        return SessionID(rawValue: String(parts[..<dash]))
    }

    static func name(of session: SessionID, at now: Int64) -> String { "\(session)-\(now)\(PackFolder.suffix)" }

    package func leavingFile(_ name: String) -> String { "\(leaving)/\(name)" }

    /// The packs that wait, by name.
    package var leavingNames: [String] { names(in: leaving) { $0 } }

    private func names(in folder: String, _ pack: (String) -> String?) -> [String] {
        ((try? Files.names(in: folder)) ?? []).compactMap(pack).filter { Self.session(of: $0) != nil }.sorted()
    }

    private func record(_ name: String) -> String { "\(away)/\(name.dropLast(PackFolder.suffix.count))\(Self.suffix)" }

    /// What was sent, by the name of its pack. A record that cannot be read is none: an audit finds it in the copy.
    package var passedOn: [(name: String, session: AwaySession)] {
        let names = names(in: away) {
            $0.hasSuffix(Self.suffix) ? String($0.dropLast(Self.suffix.count)) + PackFolder.suffix : nil
        }
        return names.compactMap { name in
            guard let text = try? Files.read(record(name)),
                let session = try? JSONValue(parsing: text).decode(AwaySession.self)
            else { return nil }
            return (name, session)
        }
    }

    func passedOn(_ session: SessionID) -> [AwaySession] {
        passedOn.map(\.session).filter { $0.session == session }
    }

    package func note(_ session: AwaySession, _ name: String) throws(VaultError) {
        let text: String
        do { text = try JSONValue(encoding: session).text } catch { throw .unavailable(reason: "\(error)") }
        try disk { () throws(FileError) in
            try Files.makeFolder(away)
            try Files.write(text, to: record(name), isSynced: true)
        }
    }

    /// The copy has it no more, or is to lose it.
    package func forget(_ name: String) { Files.remove(record(name)) }

    /// What waits to be sent is in the vault, too.
    /// - Parameter session: of whom; nil for all.
    /// - Returns: the names: the copy may have them already.
    package func removeLeaving(of session: SessionID? = nil) -> [String] {
        let names = leavingNames.filter { session == nil || Self.session(of: $0) == session }
        for name in names { Files.remove(leavingFile(name)) }
        return names
    }

    /// Nothing of a session is to be anywhere.
    /// - Returns: the names of its packs.
    package func remove(_ session: SessionID) -> [String] {
        let names = passedOn.filter { $0.session.session == session }.map(\.name)
        for name in names { forget(name) }
        return names + removeLeaving(of: session)
    }
}
