package import Domain

/// Which names the files of a session may have. They may come from another host, or from somebody's archive: each is held
/// against the session before anything is written.
package enum SessionFileName {
    /// As many as the client's deepest, and some more.
    private static let partsLimit = 10
    /// Of one part, in bytes (NAME_MAX), and of all (PATH_MAX, less the folder's).
    private static let partLimit = 255, lengthLimit = 3000
    package static let countLimit = 10_000

    package static func check(_ names: [String], of session: SessionID, suffix: String) throws(PlacementError) {
        guard names.count <= countLimit else { throw .tooMany(names.count, limit: countLimit) }
        let transcript = session.rawValue + suffix
        var files: Set<String> = [], folders: Set<String> = []
        for name in names {
            if let reason = fault(of: name, session, transcript) {
                throw .refusedName(name, of: session, reason: reason)
            }
            guard files.insert(name).inserted else {
                throw .refusedName(name, of: session, reason: "it is there twice")
            }
            var parts = name.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            while !parts.isEmpty {
                folders.insert(parts.joined(separator: "/"))
                parts.removeLast()
            }
        }
        if let name = names.first(where: folders.contains) {
            throw .refusedName(name, of: session, reason: "it is a folder of other files, too")
        }
        guard files.contains(transcript) else { throw .noTranscript(of: session) }
    }

    private static func fault(of name: String, _ session: SessionID, _ transcript: String) -> String? {
        if name == transcript { return nil }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        if name.hasPrefix("/") { return "it is absolute" }
        if parts.contains("..") || parts.contains(".") { return "it leads elsewhere" }
        if parts.contains("") { return "a part of it is empty" }
        if name.utf8.contains(where: { $0 < 32 || $0 == 127 }) { return "it holds a control character" }
        if parts.contains(where: { $0.utf8.count > partLimit }) || name.utf8.count > lengthLimit {
            return "it is too long"
        }
        if parts.count > partsLimit { return "it lies too deep" }
        if parts.count < 2 || parts[0] != session.rawValue { return "it is not below \(session)/" }
        return nil
    }
}
