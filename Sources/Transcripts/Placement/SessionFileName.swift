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
        var known = Names(of: session, transcript: session.rawValue + suffix)
        for name in names {
            if let refusal = known.refusal(ofAdding: name) {
                throw .refusedName(refusal.name, of: session, reason: refusal.reason)
            }
        }
        guard known.hasTranscript else { throw .noTranscript(of: session) }
    }

    /// Those of a session's files beside its transcript that cannot lie there as they are called, and why.
    package static func refused(
        _ names: [String], of session: SessionID, transcript: String
    ) -> [String: String] {
        var refused: [String: String] = [:], known = Names(of: session, transcript: transcript)
        _ = known.refusal(ofAdding: transcript)
        let folders = names.reduce(into: Set<Substring>()) { folders, name in
            for slash in name.indices.dropFirst() where name[slash] == "/" { folders.insert(name[..<slash]) }
        }
        for name in names where name != transcript {
            // It was a file once, and a folder later.
            if folders.contains(name[...]) {
                refused[name] = "it is a folder of other files, too"
            } else if let refusal = known.refusal(ofAdding: name) {
                refused[name] = refusal.reason
            }
        }
        return refused
    }

    /// Those of one session's files that can lie beside each other.
    package struct Names {
        private let session: SessionID
        private let transcript: String
        private var files: Set<String> = []
        private var folders: Set<String> = []

        package init(of session: SessionID, transcript: String) {
            self.session = session
            self.transcript = transcript
        }

        var hasTranscript: Bool { files.contains(transcript) }

        /// Adds a name, or says which cannot be one of them, and why; then it is not added.
        package mutating func refusal(ofAdding name: String) -> (name: String, reason: String)? {
            if let reason = fault(of: name, session, transcript) { return (name, reason) }
            if files.contains(name) { return (name, "it is there twice") }
            if files.count >= countLimit { return (name, "there are \(countLimit) others") }
            var own: Set<String> = []
            var parts = name.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            while !parts.isEmpty {
                own.insert(parts.joined(separator: "/"))
                parts.removeLast()
            }
            if let folder = folders.contains(name) ? name : own.first(where: files.contains) {
                return (folder, "it is a folder of other files, too")
            }
            files.insert(name)
            folders.formUnion(own)
            return nil
        }
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
