package import Domain
package import Platform

/// Knows how one client keeps its conversations: where they lie, how one is read on from where reading ended, what its
/// lines say, and how the client says that it has none to resume.
///
/// Everything else meets transcripts only here. Positions count what the source counts, bytes of a file that only grows
/// or something else that stays in its place when more is added; a `Cursor` is made and checked by the source alone. A
/// ledger adds up positions, so its figures are bytes where these are.
///
/// The first source that claims a path has it: what two could claim must be told apart by the folder.
package protocol TranscriptSource: Sendable {
    // MARK: - Where they lie

    /// The config folder that a client uses in this environment; an absolute path.
    func configDirectory(_ environment: [String: String]) -> String

    /// Whether a config folder or a transcript is this client's, by its path alone.
    func claims(_ path: String) -> Bool

    /// The folder below which all transcripts of a config folder lie.
    func storage(in configDirectory: String) -> String

    /// Whether a file below the storage is a transcript, by its name.
    func isTranscript(_ name: String) -> Bool

    /// Every transcript of a config folder, those of sub-agents too, each once; the user's own links are followed.
    func files(in configDirectory: String) -> [TranscriptFile]

    /// The same, and what nobody can look into that was met on the way, further down than `unreachable` looks.
    func walk(_ configDirectory: String) -> TranscriptWalk

    /// What lies among them where nobody can look: folders that cannot be read, links that lead nowhere or to another user's.
    func unreachable(in configDirectory: String) -> [UnreachablePlace]

    /// One of them, as it is now; nil when it is gone or is none.
    func file(_ path: String, in configDirectory: String) -> TranscriptFile?

    /// A file that a person named, wherever it lies.
    func file(named path: String) -> TranscriptFile

    /// What is kept beside a session's transcript: those of its sub-agents.
    func subagents(of transcript: String) -> [TranscriptFile]

    /// Whether a path lies where a transcript of this session may come to lie. The disk is not asked.
    func isPlausible(_ path: String, for session: SessionID, in configDirectory: String) -> Bool

    /// Whether a transcript of a sub-agent that a hook named lies where such may lie. The disk is not asked.
    func isPlausibleSubagent(_ path: String, in configDirectory: String) -> Bool

    /// Looks for a session's transcript. Only what is not there under folders that could be read counts as absent.
    /// - Parameters:
    ///   - hint: where it was last seen.
    ///   - storageMark: which storage that was, as `storageMark(in:)` told then.
    func find(
        _ session: SessionID, in configDirectory: String, hint: String, storageMark: String
    ) -> TranscriptPresence

    /// Whether a transcript holds a conversation that the client would resume. Nobody else decides that.
    /// - Parameter start: as far as it is passed over.
    func hasMessages(_ path: String, from start: Int64) -> Bool

    /// Whether a transcript lies where a client started in this folder looks first; older ones look nowhere else.
    func isKept(_ transcript: String, for folder: String) -> Bool

    /// Where a client started in this folder looks first for a session's transcript; older ones look nowhere else. Nil where
    /// a session cannot be put back.
    func place(of session: SessionID, for folder: String, in configDirectory: String) -> String?

    /// All that is kept on disk of the session that has this transcript: what must come back with it.
    func sessionFiles(of transcript: String) -> SessionFiles

    /// After how many days the client deletes a transcript that nobody touches; nil when never.
    func retentionDays(in configDirectory: String) -> Int64?

    // MARK: - What they say

    /// Opens a transcript that is what it claims to be.
    /// - Parameter configDirectory: where it must belong; nil when a person named the file.
    /// - Throws: `untrusted` only for what is proven; what could not be found out may be tried again.
    func open(_ path: String, in configDirectory: String?) throws(TranscriptRefusal) -> any Transcript

    /// The position behind all that is there now; nil when there is no such transcript.
    func end(of path: String) -> Int64?

    /// What the beginning of a transcript says of its session.
    func head(of path: String) -> TranscriptHead

    /// What its last entries say of where they were made.
    func tail(of path: String) -> TranscriptTail

    /// The ids of the messages in a stretch of a transcript; what cannot be read has none.
    func uuids(in path: String, at positions: Range<Int64>) -> Set<String>

    /// The messages of a transcript, as their client names them; what cannot be read has none.
    /// - Parameter text: those that hold it, whether or not they would be kept; nil for all.
    func messages(in path: String, holding text: SoughtText?) -> [NamedMessage]

    /// What of a stretch of a transcript may be kept as it stands.
    /// - Parameters:
    ///   - bytes: whole lines, or what such a source has for them.
    ///   - position: where they begin.
    func kept(_ bytes: [UInt8], at position: Int64, _ exclusions: inout Exclusions) -> KeptBytes

    // MARK: - What a failed resume sounds like

    var resumeFailure: any ResumeFailureText { get }
}

/// A transcript that was opened for reading.
package protocol Transcript: AnyObject {
    /// The canonical path, by which it is known with its host.
    var path: String { get }

    /// The position behind all that is there now, whole or not.
    func end() throws(FileError) -> Int64

    /// Where to read on, the transcript being what it is now: at the cursor, or, where it was replaced, at the beginning
    /// of the next generation.
    func following(_ cursor: Cursor) throws(FileError) -> Cursor

    /// The cursor of a position up to which it was read.
    func cursor(at position: Int64, generation: Int64) throws(FileError) -> Cursor

    /// Reads on from a cursor that `following` answered.
    func reader(from cursor: Cursor, _ rules: ReadingRules) throws(FileError) -> any TranscriptReader

    /// Whether the answer stands in it, wherever a cursor stands.
    func holds(_ answer: AwaitedAnswer) -> Bool

    /// A stretch as it stands; fewer bytes where it ends before. Nil where a source has no bytes of its own.
    func bytes(at positions: Range<Int64>) throws(FileError) -> [UInt8]?
}

extension Transcript {
    package func bytes(at positions: Range<Int64>) throws(FileError) -> [UInt8]? { nil }
}

/// Reads a transcript and hands over what of it is kept.
package protocol TranscriptReader {
    /// The next message of which something is kept; nil at the end. Asked again later, it goes on with what was added.
    mutating func next() -> TranscriptEntry?

    /// Why it could not be read on, should that be so.
    var failure: FileError? { get }

    /// Up to where it is read: all before belongs to whole messages.
    var position: Int64 { get }

    /// The cursor of `position`, of what was read: the transcript may have been written anew since.
    var cursor: Cursor { get }

    var statistics: TranscriptStatistics { get }

    /// Set when it is read from its beginning and is a memory tool's own call.
    var ownWork: OwnWork? { get }

    /// Whether the awaited answer was met, among what has been read.
    var isHeard: Bool { get }

    /// The calls of tools that ended before a position, where they are counted (`ReadingRules`); they are not told again.
    mutating func takeCalls(before end: Int64, of session: String) -> [ToolCallTally]

    /// The texts that were sought (`ReadingRules`) and met in what has been read, redacted, by the sums of their marks.
    var found: [String: String] { get }
}

extension TranscriptReader {
    package var found: [String: String] { [:] }

    package mutating func takeCalls(before end: Int64, of session: String) -> [ToolCallTally] { [] }
}

/// A place in which transcripts may lie that nobody can see.
package struct UnreachablePlace: Sendable, Equatable {
    package var path: String
    /// What it is, to be put behind the path.
    package var reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// What was met on a walk through all transcripts.
package struct TranscriptWalk: Sendable {
    package var files: [TranscriptFile] = []
    package var unreachable: [UnreachablePlace] = []
}

extension TranscriptSource {
    package func walk(_ configDirectory: String) -> TranscriptWalk { TranscriptWalk(files: files(in: configDirectory)) }

    package func unreachable(in configDirectory: String) -> [UnreachablePlace] { [] }

    package func place(of session: SessionID, for folder: String, in configDirectory: String) -> String? { nil }

    package func sessionFiles(of transcript: String) -> SessionFiles { SessionFiles(folder: "") }

    /// As of a source whose messages are not told apart here: nothing of what was said while recording was off may be among
    /// them.
    package func kept(_ bytes: [UInt8], at position: Int64, _ exclusions: inout Exclusions) -> KeptBytes {
        var kept = KeptBytes()
        let range = position..<position + Int64(bytes.count)
        if exclusions.isEmpty { kept.add(bytes[...], range) } else { kept.leaveOut(range, RecordingGaps.reason) }
        return kept
    }
}

/// Why a transcript was not opened.
package enum TranscriptRefusal: Error, Equatable {
    /// There is no such file (any more, or not yet).
    case missing
    case unreadable(FileError)
    case untrusted(reason: String)
}

/// One transcript on disk.
package struct TranscriptFile: Sendable, Equatable {
    package var path: String
    package var configDirectory: String
    /// Nil for a file that does not name its session.
    package var session: SessionID?
    /// The sub-agent whose file it is.
    package var agentID: String?
    /// Bytes.
    package var size: Int64
    package var modifiedMilliseconds: Int64

    package init(
        path: String, configDirectory: String, session: SessionID?, agentID: String?, size: Int64 = 0,
        modifiedMilliseconds: Int64 = 0
    ) {
        self.path = path
        self.configDirectory = configDirectory
        self.session = session
        self.agentID = agentID
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
    }
}

/// A message of a transcript by its name alone.
package struct NamedMessage: Sendable, Equatable {
    /// Empty where it has none.
    package var uuid: String
    /// ISO 8601; empty where it has none.
    package var at: String

    package init(uuid: String, at: String) {
        self.uuid = uuid
        self.at = at
    }

    /// That of a line, whichever source wrote it.
    package init(line: [UInt8]) {
        let fields = PayloadScanner.strings(of: line, named: ["uuid", "timestamp"])
        self.init(uuid: fields?["uuid"] ?? "", at: fields?["timestamp"] ?? "")
    }
}

/// What the beginning of a transcript says of its session; empty where it does not.
package struct TranscriptHead: Sendable, Equatable {
    package var sessionID = ""
    package var cwd = ""

    package init(sessionID: String = "", cwd: String = "") {
        self.sessionID = sessionID
        self.cwd = cwd
    }
}
