internal import Domain
internal import Glibc
internal import Platform
internal import Settings

extension SessionStore {
    /// What the SDK keeps beside a session, which nobody else understands.
    package struct Summary: Sendable, Equatable {
        /// As it came.
        package var json: String
        /// Another with each writing; 0 where there is none.
        package var version: Int64
        package var modifiedMilliseconds: Int64
    }

    var summaries: String { state.store + "/summaries" }
    static let summarySuffix = ".json"

    func summaryFile(_ key: StoreKey) -> String { "\(summaries)/\(key.project)/\(key.session)\(Self.summarySuffix)" }

    /// - Returns: nil for one that cannot be read, too: the SDK makes it anew of the entries.
    package func summary(of key: StoreKey) -> Summary? {
        let file = summaryFile(key)
        guard let text = try? Files.read(file, limit: .max), let status = try? Files.status(file),
            let end = text.firstIndex(of: "\n"), let version = Int64(text[..<end])
        else { return nil }
        return Summary(
            json: String(text[text.index(after: end)...]), version: version,
            modifiedMilliseconds: ClaudeCode.milliseconds(status.st_mtim))
    }

    /// Writes it, unless somebody else did since it was read.
    /// - Parameter version: that was read; 0 where there was none.
    /// - Throws: `changed` where it is another by now.
    package func set(summary json: String, of key: StoreKey, version: Int64) throws(StoreError) -> Summary {
        let file = summaryFile(key)
        let written = try locked { () throws(FileError) -> Summary? in
            guard summary(of: key)?.version ?? 0 == version else { return nil }
            if let slash = file.lastIndex(of: "/") { try Files.makeFolder(String(file[..<slash])) }
            try Files.write("\(version + 1)\n\(json)", to: file, isSynced: true)
            return summary(of: key)
        }
        guard let written else { throw .changed }
        return written
    }
}
