internal import Domain
internal import Platform

/// Reads a transcript of Claude Code on. Tolerates what real files contain: objects glued together, lines cut in the middle,
/// unknown types, line ends of any kind, NUL bytes, a byte order mark.
struct ClaudeCodeReader: TranscriptReader {
    private(set) var failure: FileError?
    /// Keeps the file open.
    private let transcript: ClaudeCodeTranscript
    private let generation: Int64
    private var lines: FileLines
    private var interpreter: LineInterpreter

    init(_ transcript: ClaudeCodeTranscript, _ lines: FileLines, generation: Int64, _ rules: ReadingRules) {
        self.transcript = transcript
        self.generation = generation
        self.lines = lines
        interpreter = LineInterpreter(rules, isWhole: lines.offset == 0)
        if lines.offset > 0 { recall(before: lines.offset) }
    }

    /// The end of the last whole line. A last line without its line break counts when it is a whole object.
    var position: Int64 { lines.offset }

    var cursor: Cursor {
        Cursor(offset: position, generation: generation, tailHash: ClaudeCodeTranscript.hash(of: lines.tail))
    }

    var statistics: TranscriptStatistics { interpreter.statistics }
    var ownWork: OwnWork? { interpreter.interpretation.ownWork }
    var isHeard: Bool { interpreter.interpretation.isHeard }
    var found: [String: String] { interpreter.interpretation.found }

    mutating func takeCalls(before end: Int64, of session: String) -> [ToolCallTally] {
        interpreter.interpretation.takeCalls(before: end, of: session)
    }

    mutating func next() -> TranscriptEntry? {
        while interpreter.interpretation.queue.isEmpty {
            do throws(FileError) {
                guard try lines.next({ interpreter.look(at: $0, $1, $2) }) else { return nil }
                interpreter.passOver(tooLong: lines.takePassedOver())
            } catch {
                failure = error
                return nil
            }
        }
        return interpreter.interpretation.queue.removeFirst()
    }

    /// How far back calls are looked for whose results are still to come, in bytes.
    private static let recallLength: Int64 = 1 << 20
    private static let headCount = 8

    /// A capture may end between a call and its result: what failed, and what a question was, stands before the offset.
    private mutating func recall(before offset: Int64) {
        // The first lines of a file may be without a time.
        var beginning = transcript.lines(from: 0)
        for _ in 0..<Self.headCount where beginning.offset < offset {
            guard (try? beginning.next { text, _, _ in interpreter.begin(text) }) == true else { break }
        }
        var earlier = transcript.lines(from: max(0, offset - Self.recallLength))
        // What cannot be read is not recalled; the reading itself will tell.
        while earlier.offset < offset, (try? earlier.next { text, _, _ in interpreter.recall(text) }) == true {}
    }
}
