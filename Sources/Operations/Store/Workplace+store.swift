internal import Domain
internal import Platform
internal import Settings
package import Transcripts
internal import Vault

// What a program keeps of sessions with us, and what the vault has of others, by the keys of the Agent SDK's session store.
extension Workplace {
    private func store(_ known: KnownEntries = KnownEntries()) -> SessionStore {
        SessionStore(settings.state, known)
    }

    /// Adds entries of a transcript, JSON objects a line each, unless they are here already.
    package func store(_ entries: [UInt8], in key: StoreKey, _ known: KnownEntries) throws -> StoredEntries {
        if let session = SessionID(rawValue: key.session),
            try Exclusions(forgottenOf: session, state: settings.state).isForgotten
        {
            throw Failure(
                .busy, "session \(session) is forgotten here, and nothing of it is kept",
                remedy: "go on in another session")
        }
        let others = HostTranscripts(settings: settings).configDirectories
        // A program that resumes what only the vault has goes on behind it: what is stored hides what is kept.
        let past = store().path(of: key) == nil ? try keptEntries(of: key) ?? [] : []
        do throws(StoreError) {
            let outcome = try store(known).append(entries, to: key, behind: past, others: others)
            return StoredEntries(added: outcome.added, known: outcome.known, forgotten: outcome.forgotten)
        } catch {
            throw Failure(of: error)
        }
    }

    /// All entries of a transcript, a line each: as they were stored, or as the vault has them.
    package func storedEntries(of key: StoreKey) throws -> [UInt8] {
        if let own = try store().entries(of: key) { return own }
        guard let kept = try keptEntries(of: key) else {
            throw Failure(.no, "nothing is stored of \(key.name) in project \"\(key.project)\"")
        }
        return kept
    }

    /// What the vault has of a transcript; nil for nothing.
    private func keptEntries(of key: StoreKey) throws -> [UInt8]? {
        guard let id = key.id, let vault = try Vault.openIfThere(settings), let kept = try vault.session(id),
            kept.isOf(key.project), let file = kept.files.first(where: { $0.name == key.name })
        else { return nil }
        let transcript = KeptTranscript(file, vault)
        guard let version = file.holes.isEmpty ? transcript.whole : transcript.reduced(id) else {
            throw Failure(
                .no, "too little is left of \(key.name) in the vault",
                remedy: "'holdfast vault verify' names what is damaged", category: .failed)
        }
        var bytes: [UInt8] = []
        while let part = try version.next() { bytes += part }
        return bytes
    }

    package func storedSessions(of project: String) throws -> StoredSessions {
        _ = try StoreKey(project: project, session: "any")
        let store = store()
        var found =
            try Vault.openIfThere(settings)?.sessions(ofProject: project).reduce(into: [String: Int64]()) {
                $0[$1.key.rawValue] = $1.value
            } ?? [:]
        for session in store.sessions(of: project) { found[session.session] = session.modifiedMilliseconds }
        let rows = try found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { session, modified in
            StoredSessions.Row(
                session_id: session, mtime: modified,
                summary: store.summary(of: try StoreKey(project: project, session: session)).map(StoredSummary.init))
        }
        return StoredSessions(sessions: rows)
    }

    package func storedSubpaths(of key: StoreKey) throws -> StoredSubpaths {
        let own = store().subpaths(of: key)
        guard own.isEmpty, let id = key.id, let kept = try Vault.openIfThere(settings)?.session(id),
            kept.isOf(key.project)
        else { return StoredSubpaths(subkeys: own) }
        let beginning = key.session + "/", suffix = ".jsonl"
        let names = kept.files.map(\.name).filter { $0.hasPrefix(beginning) && $0.hasSuffix(suffix) }
        return StoredSubpaths(subkeys: names.map { String($0.dropFirst(beginning.count).dropLast(suffix.count)) })
    }

    /// Removes what is stored of a transcript, and with a session's own what the vault has of the session.
    package func removeStored(_ key: StoreKey) throws -> StoredRemoval {
        do throws(StoreError) {
            try store().remove(key)
        } catch {
            throw Failure(of: error)
        }
        // First what waits to be taken in: it would come after.
        try removeWaiting(key)
        if let id = key.id, let vault = try Vault.openIfThere(settings), let kept = try vault.session(id),
            kept.isOf(key.project)
        {
            // Its bytes lie there until the companion tidies: who wants words gone forgets them.
            try vault.remove(id, file: key.subpath == nil ? nil : key.name)
        }
        return StoredRemoval()
    }

    private func removeWaiting(_ key: StoreKey) throws(FileError) {
        let intake = Intake(settings.state)
        for name in try intake.names() {
            guard let part = try intake.head(name), part.session == key.session,
                key.subpath == nil || part.name == key.name, part.path.contains("/\(key.project)/")
            else { continue }
            intake.remove(name)
        }
    }

    package func storedSummary(of key: StoreKey) -> StoredSummary { StoredSummary(store().summary(of: key)) }

    /// - Parameter version: that the program has read; 0 where there was none.
    package func store(summary json: [UInt8], of key: StoreKey, version: Int64) throws -> StoredSummary {
        let text = String(decoding: json, as: UTF8.self)
        guard case .object? = try? JSONValue(parsing: text) else {
            throw Failure(.badInput, "the summary is no JSON object", remedy: "send what the SDK folded")
        }
        do throws(StoreError) {
            return StoredSummary(try store().set(summary: text, of: key, version: version))
        } catch {
            throw Failure(of: error)
        }
    }
}

extension KeptSession {
    /// Whether its own transcript lay in a client's folder of this name.
    fileprivate func isOf(_ project: String) -> Bool {
        transcript.map { $0.generation.path.hasSuffix("/\(project)/\($0.name)") } ?? false
    }
}

extension Failure {
    fileprivate init(of error: StoreError) {
        switch error {
        case .noEntry: self.init(.badInput, "\(error)", remedy: "send each entry as one line of JSON")
        case .changed: self.init(.busy, "\(error)", remedy: "read it, fold again and send it with its version")
        case .busy: self.init(.busy, "\(error)", remedy: "try again")
        case .file(let fault):
            self.init(
                .no, "the entries cannot be kept: \(fault)", remedy: "make room, or mend the folder", category: .failed)
        }
    }
}

// What a program is told.

package struct StoredEntries: Encodable, Sendable {
    let added: Int
    let known: Int
    let forgotten: Int
}

package struct StoredSessions: Encodable, Sendable {
    struct Row: Encodable, Sendable {
        let session_id: String
        /// When it was last added to, ms since 1970.
        let mtime: Int64
        @OrNull var summary: StoredSummary?
    }

    let sessions: [Row]
}

package struct StoredSubpaths: Encodable, Sendable { let subkeys: [String] }

package struct StoredRemoval: Encodable, Sendable { var removed = true }

/// A summary as the SDK made it: its `data` is the SDK's alone.
package struct StoredSummary: Encodable, Sendable {
    let version: Int64
    let mtime: Int64
    /// JSON, as text; nil where there is none.
    @OrNull var json: String?

    init(_ summary: SessionStore.Summary?) {
        version = summary?.version ?? 0
        mtime = summary?.modifiedMilliseconds ?? 0
        json = summary?.json
    }
}
