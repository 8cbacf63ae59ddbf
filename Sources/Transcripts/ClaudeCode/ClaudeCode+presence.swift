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

    /// The client answers "No conversation found" for one that is empty, garbage, or only bookkeeping.
    package func hasMessages(_ path: String) -> Bool {
        // A file that cannot be read is not called empty.
        guard let text = try? Files.read(path, limit: 64 << 20) else { return true }
        return ["\"type\":\"user\"", "\"type\": \"user\"", "\"type\":\"assistant\"", "\"type\": \"assistant\""]
            .contains { ByteSearch.contains(text, $0) }
    }

    /// `cleanupPeriodDays` of the folder's `settings.json`, 30 unless said otherwise
    /// (<https://code.claude.com/docs/en/settings>).
    package func retentionDays(in configDirectory: String) -> Int64? {
        guard let text = try? Files.read(configDirectory + "/settings.json"),
            case .object(let members) = try? JSONValue(parsing: text),
            let days = members["cleanupPeriodDays"]?.wholeNumber, days > 0
        else { return 30 }
        // More than a century is for ever.
        return min(days, 36_500)
    }
}
