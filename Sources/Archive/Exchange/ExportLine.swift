internal import Domain
internal import FoundationEssentials

/// One line of an export: the head, then one for each episode.
///
/// An entry stands in it as the object that it is; a line that no entry gives back stands as a string. Joined again, they
/// are the content that the SHA-256 is of.
struct ExportLine: Codable {
    /// Of the export's lines; another number has another meaning.
    static let format = 1
    /// Bytes of one line. An episode holds 256 KB of text, which JSON makes six times as long at worst.
    static let limit = 8 << 20

    struct Head: Codable {
        var holdfastArchive: Int
        var archiveID: String

        enum CodingKeys: String, CodingKey {
            case holdfastArchive = "holdfast_archive"
            case archiveID = "archive_id"
        }
    }

    struct ExportedMemory: Codable {
        var memory: Memory
        var maker: MemoryMaker
        var madeMilliseconds: Int64
        /// There where a disk altered it.
        var isAltered: Bool?

        enum CodingKeys: String, CodingKey {
            case memory, maker
            case madeMilliseconds = "made_ms"
            case isAltered = "altered"
        }
    }

    enum Entry: Codable {
        case plain(EpisodeEntry)
        case raw(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .raw(text)
            } else {
                self = .plain(try container.decode(EpisodeEntry.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .plain(let entry): try container.encode(entry)
            case .raw(let text): try container.encode(text)
            }
        }

        var line: String {
            switch self {
            case .plain(let entry): entry.json
            case .raw(let text): text
            }
        }
    }

    var format = Self.format
    var id: String
    var sessionID, dispatchKey, groupID, host, sessionFile, fileID: String
    var generation, bytesFrom, bytesTo: Int64
    var agentID, filter, sha256: String
    var capturedMilliseconds: Int64
    var isHistory: Bool
    var place: String
    var outcome: String?
    var needsReprocessing: Bool
    var retryCount: Int
    var errorType, errorMessage: String
    var archivedMilliseconds: Int64
    var finishedMilliseconds, discardedMilliseconds: Int64?
    var damage: String
    var title, digest: String
    var memory: ExportedMemory?
    /// Of texts of which entries are digests; absent where there are none.
    var summaries: [TextSummary]?
    var entries: [Entry]

    enum CodingKeys: String, CodingKey {
        case format, id, host, generation, filter, sha256, place, outcome, damage, title, digest, memory, entries
        case summaries
        case sessionID = "session_id"
        case dispatchKey = "dispatch_key"
        case groupID = "group_id"
        case sessionFile = "session_file"
        case fileID = "file_id"
        case bytesFrom = "bytes_from"
        case bytesTo = "bytes_to"
        case agentID = "agent_id"
        case capturedMilliseconds = "captured_ms"
        case isHistory = "is_history"
        case needsReprocessing = "needs_reprocessing"
        case retryCount = "retry_count"
        case errorType = "error_type"
        case errorMessage = "error_message"
        case archivedMilliseconds = "archived_ms"
        case finishedMilliseconds = "finished_ms"
        case discardedMilliseconds = "discarded_ms"
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension ExportLine {
    init(_ archived: ArchivedEpisode) {
        let episode = archived.episode
        id = episode.id.rawValue
        sessionID = episode.sessionID
        dispatchKey = episode.dispatchKey
        groupID = episode.groupID
        host = episode.host
        sessionFile = episode.sessionFile
        fileID = episode.file?.rawValue ?? ""
        generation = episode.generation
        bytesFrom = episode.bytes.lowerBound
        bytesTo = episode.bytes.upperBound
        agentID = episode.agentID
        filter = episode.filterMark
        sha256 = episode.sha256
        capturedMilliseconds = episode.capturedMilliseconds
        isHistory = episode.isHistory
        place = archived.place.name
        outcome = archived.place.outcome?.rawValue
        needsReprocessing = archived.needsReprocessing
        retryCount = episode.retryCount
        errorType = archived.errorType
        errorMessage = archived.errorMessage
        archivedMilliseconds = archived.archivedMilliseconds
        finishedMilliseconds = archived.finishedMilliseconds
        discardedMilliseconds = episode.discardedMilliseconds
        damage = archived.damage
        title = archived.title
        digest = archived.digest
        memory = archived.memory.map {
            ExportedMemory(
                memory: $0.memory, maker: $0.maker, madeMilliseconds: $0.madeMilliseconds,
                isAltered: $0.isAltered ? true : nil)
        }
        summaries = archived.summaries.isEmpty ? nil : archived.summaries
        entries = EpisodeLine.all(of: episode.content).map { line in
            if let raw = line.raw { .raw(raw) } else { line.entry.map(Entry.plain) ?? .raw("") }
        }
    }
}
