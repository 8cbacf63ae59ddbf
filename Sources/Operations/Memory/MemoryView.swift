package import Archive
package import Domain
internal import Platform
internal import Settings
internal import Transcripts

/// A memory as JSON: one shape for search, show and add.
package struct MemoryView: Codable, Sendable {
    package let title: String
    package let summary: String
    package let decisions: [String]
    package let files: [String]
    package let commands: [String]
    package let open_questions: [String]
    package let entities: [Memory.Entity]
    package let relations: [Memory.Relation]
    package let provider: String
    package let model: String
    package let made_at: String

    package init(_ stored: StoredMemory) {
        title = stored.memory.title
        summary = stored.memory.summary
        decisions = stored.memory.decisions
        files = stored.memory.files
        commands = stored.memory.commands
        open_questions = stored.memory.openQuestions
        entities = stored.memory.entities
        relations = stored.memory.relations
        provider = stored.maker.provider
        model = stored.maker.model
        made_at = ISOTime.text(stored.madeMilliseconds)
    }

    /// For people.
    package var lines: [String] {
        var lines = [title, "", summary]
        for (name, items) in [
            ("Decisions", decisions), ("Files", files), ("Commands", commands), ("Open questions", open_questions),
        ] where !items.isEmpty {
            lines += ["", "\(name):"] + items.map { "- \($0)" }
        }
        return lines
    }
}

/// An episode as the archive has it.
package struct ArchivedView: Encodable, Sendable {
    package let episode_id: String
    package let dispatch_key: String
    package let session_id: String
    package let captured_at: Timestamp
    package let place: String
    package let outcome: String?
    package let error_type: String
    package let error_message: String
    /// Why words or memory are not what was stored; empty where they are.
    package let damage: String
    package let title: String
    package let digest: String
    package let memory: MemoryView?
    /// What was said, where it was asked for.
    package let text: String?

    /// For people: the digest, with what its signs mean.
    package var explainedDigest: String {
        let legend = Digest.legend(of: digest)
        return legend.isEmpty ? digest : "\(digest)\n\n(\(legend))"
    }

    init(_ found: ArchivedEpisode, raw: Bool) {
        episode_id = found.episode.id.rawValue
        dispatch_key = found.episode.dispatchKey
        session_id = found.episode.sessionID
        captured_at = Timestamp(found.episode.capturedMilliseconds)
        place = found.place.name
        outcome = found.place.outcome?.rawValue
        error_type = found.errorType
        error_message = found.errorMessage
        damage = found.memory?.isAltered == true ? "memory" : found.damage
        title = found.title
        digest = found.digest
        memory = found.memory.map(MemoryView.init)
        text = raw ? ConversationText.render(found.told) : nil
    }
}

extension Workplace {
    var archiveStore: any ArchiveStore { ArchiveStores.at(settings.archivePath(host: host)) }

    /// The archive, to be read.
    /// - Throws: when there is none yet, or it cannot be read.
    package func archive() throws -> any ArchiveReading {
        guard let archive = try archiveStore.openToRead() else {
            throw Failure(
                .no, "nothing is archived yet at \(archiveStore.place)", remedy: "the companion does it: 'holdfast up'",
                category: .not_found)
        }
        return archive
    }

    /// The archive, if there is one and it can be read.
    package var archiveIfAny: (any ArchiveReading)? { (try? archiveStore.openToRead()) ?? nil }

    /// What the archive has of an episode.
    /// - Parameters:
    ///   - name: its ID, or the beginning of it.
    ///   - raw: with what was said.
    /// - Throws: `Failure` where it has nothing.
    package func archived(_ name: String, raw: Bool) throws -> ArchivedView {
        let archive = try archive()
        guard let found = try archive.show(beginning: name) else {
            let id = try episodeID(name)
            throw Failure(
                .no, "the archive has no episode \(id) yet",
                remedy: "'holdfast episodes show \(id.rawValue.prefix(12))' says what it holds")
        }
        return ArchivedView(found, raw: raw)
    }
}
