package import Domain
internal import Glibc
internal import Platform

extension ClaudeCode {
    /// Under any slug. A storage that is gone, or not the one the session was seen in, was moved or unmounted, and says
    /// nothing.
    package func find(
        _ session: SessionID, in configDirectory: String, hint: String, storageMark seen: String
    ) -> TranscriptPresence {
        let storage = storage(in: configDirectory)
        let name = "/\(session)\(Self.suffix)"
        if hint.hasSuffix(name), hint.hasPrefix(storage + "/"), Files.isRegularFile(hint) { return .found(path: hint) }
        let slugs: [String]
        do throws(FileError) {
            slugs = try Files.names(in: storage)
        } catch {
            return .unknown(reason: "\(error)")
        }
        let isOther = !seen.isEmpty && seen != storageMark(in: configDirectory)
        var unreadable: FileError?
        for slug in slugs {
            let path = storage + "/" + slug + name
            do throws(FileError) {
                let status = try Files.status(path)
                if status.st_mode & S_IFMT == S_IFREG { return .found(path: path) }
            } catch {
                if error.number != ENOENT && error.number != ENOTDIR { unreadable = error }
            }
        }
        if let unreadable { return .unknown(reason: "\(unreadable)") }
        // Empty and never seen before: as good as not mounted.
        if isOther || seen.isEmpty && slugs.isEmpty {
            return .unknown(reason: "\(storage) is not the folder the session was made in; is it mounted?")
        }
        return .absent
    }

    /// A message of the main chain, in a line that is whole: the client passes over side chains, over lines that are torn and
    /// over entries without a message, and refuses what then holds nothing.
    package func hasMessages(_ path: String, from start: Int64) -> Bool {
        // A file that cannot be read is not called empty.
        guard (try? Files.bytes(path, limit: 1)) != nil else { return true }
        var hasMessage = false
        forEachLine(of: path, from: start) { text, line, _ in
            guard let line, !line.isSidechain, let message = line.message, text.isObject(message) else { return true }
            hasMessage = line.type == "user" || line.type == "assistant"
            return !hasMessage
        }
        return hasMessage
    }

    /// `cleanupPeriodDays` of the folder's `settings.json`, 30 unless said otherwise; 0: everything may go at once
    /// (<https://code.claude.com/docs/en/settings>).
    package func retentionDays(in configDirectory: String) -> Int64? {
        guard let text = try? Files.read(configDirectory + "/settings.json"),
            case .object(let members) = try? JSONValue(parsing: text),
            let days = members["cleanupPeriodDays"]?.wholeNumber, days >= 0
        else { return 30 }
        // More than a century is for ever.
        return min(days, 36_500)
    }
}
