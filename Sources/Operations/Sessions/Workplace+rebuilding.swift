internal import Archive
package import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// A session that was put together from what has parts of it.
package struct RebuiltSession: Encodable, Sendable {
    package let session_id: String
    /// there: nothing was to do. whole, reduced, spoken: what of it came back.
    package let outcome: String
    /// transcript, vault, archive, checkpoint, conversation.
    package let source: String
    package let path: String
    /// What does not come back.
    package let missing: [String]
}

extension Workplace {
    /// Puts a session together from its artefacts: its transcript, the vault, what the archive has of its words, a checkpoint's
    /// archive, or what was said last under its key.
    /// - Parameters:
    ///   - folder: in which the client will be started.
    ///   - key: that is to have it; nil: the one the registry knows it by.
    /// - Throws: `Failure` where nothing has any of it.
    package func rebuild(_ session: SessionID, for folder: String, key: DispatchKey? = nil) throws -> RebuiltSession {
        if let path = path(of: session) {
            return RebuiltSession(
                session_id: session.rawValue, outcome: "there", source: "transcript", path: path, missing: [])
        }
        let restore = SessionRestore(settings: settings)
        do throws(RestoreError) {
            if let restored = try putBack(session, of: key, for: folder) {
                return rebuilt(restored, from: restored.outcome == .spoken ? "archive" : "vault")
            }
        } catch {
            // What is in the way now is mended by a person; what is not kept may be elsewhere.
            guard error.isFinal else { throw Failure(.no, "\(error)", category: .failed) }
        }
        for (source, words) in try words(of: session) where !words.isEmpty {
            do throws(RestoreError) {
                guard let restored = try restore.speak(session, words, to: clientDirectory, for: folder) else {
                    continue
                }
                tell(of: session, key, clientDirectory, folder, .found, restored.path, outcome: .spoken)
                return rebuilt(restored, from: source)
            } catch {
                guard error.isFinal else { throw Failure(.no, "\(error)", category: .failed) }
            }
        }
        throw Failure(
            .no,
            "nothing has any part of session \(session): no transcript, vault, archive, checkpoint or conversation",
            remedy: "'holdfast remote clone' gives back what a second copy has", category: .not_found)
    }

    private func rebuilt(_ restored: SessionRestore.Restored, from source: String) -> RebuiltSession {
        var missing: [String] = []
        switch restored.outcome {
        case .whole, .failed: break
        case .reduced: missing.append("parts of its transcript")
        case .spoken: missing.append("calls of tools and their results, and what was thought")
        }
        missing += restored.left.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return RebuiltSession(
            session_id: restored.session.rawValue, outcome: restored.outcome.rawValue, source: source,
            path: restored.path, missing: missing)
    }

    /// What was said in a session, by who has it.
    private func words(
        of session: SessionID
    ) throws -> [(source: String, words: [SpokenTranscript.Message])] {
        var all: [(String, [SpokenTranscript.Message])] = []
        // An archive that cannot be read is no reason to look nowhere else.
        all.append(("archive", (try? SessionRestore(settings: settings).words(of: session)) ?? []))
        let store = CheckpointStore(settings.state)
        for id in try store.ids() {
            guard let archive = try? store.openArchive(of: id) else { continue }
            defer { archive.remove() }
            let found = SessionRestore.words(in: try archive.entries(ofSession: session.rawValue))
            if !found.isEmpty {
                all.append(("checkpoint", found))
                break
            }
        }
        if let said = try? said(in: session) { all.append(("conversation", said)) }
        return all
    }

    /// What is at hand in Redis of what was said last.
    private func said(in session: SessionID) throws -> [SpokenTranscript.Message] {
        var connection = try connect()
        guard let key = try connection.ask(registry.session(session))?.dispatchKey else { return [] }
        return try connection.ask(Conversations(keys: settings.keys).last(1000, of: key))
            .filter { $0.session == session }
            .map {
                SpokenTranscript.Message(
                    role: $0.role == .user ? .user : .assistant, at: ISOTime.text($0.milliseconds), text: $0.text,
                    uuid: $0.id)
            }
    }
}
