internal import Domain
package import Platform
internal import Redaction

/// Reads a transcript from an offset on and hands over what of it is kept. Tolerates what real files contain: objects
/// glued together, lines cut in the middle, unknown types, line ends of any kind, NUL bytes, a byte order mark.
package struct TranscriptReader {
    /// Why it could not be read on, should that be so.
    package private(set) var failure: FileError?

    private var lines: FileLines
    private var interpreter: LineInterpreter

    /// - Parameters:
    ///   - descriptor: the open file; stays the caller's to close.
    ///   - name: for errors.
    ///   - before: the up to 4 KB before the offset.
    ///   - exclusions: what was said while recording was off.
    ///   - awaited: the answer that `isHeard` tells of.
    ///   - countsSeen: fill in what `filter` tells: bytes seen by the model, token usage.
    init(
        _ descriptor: Int32, named name: String, from offset: Int64 = 0, before: [UInt8] = [], policy: FilterPolicy,
        redactor: Redactor,
        exclusions: Exclusions = Exclusions(), awaited: AwaitedAnswer? = nil,
        countsSeen: Bool = false
    ) {
        lines = FileLines(descriptor, named: name, from: offset, before: before)
        interpreter = LineInterpreter(
            isWhole: offset == 0, messages: MessageReader(policy: policy, countsSeen: countsSeen), redactor: redactor,
            exclusions: exclusions, awaited: awaited)
        if offset > 0 { recall(descriptor, name, before: offset) }
    }

    /// Up to where the file is read: the end of the last whole line. A last line without its line break counts when it
    /// is a whole object.
    package var position: Int64 { lines.offset }

    /// The up to 4 KB before the position, as they were read.
    var tail: [UInt8] { lines.tail }

    package var statistics: TranscriptStatistics { interpreter.statistics }
    /// What the first lines say of the session, where they do.
    package var sessionID: String { interpreter.sessionID }
    package var cwd: String { interpreter.cwd }
    /// Set when the file is read from its beginning and is a memory tool's own call.
    package var ownWork: OwnWork? { interpreter.ownWork }

    /// Whether the awaited answer was met, among what has been read.
    var isHeard: Bool { interpreter.isHeard }

    /// The next line of which something is kept; nil at the end. Asked again later, it goes on with what has been added.
    package mutating func next() -> TranscriptEntry? {
        while interpreter.queue.isEmpty {
            do throws(FileError) {
                guard try lines.next({ interpreter.look(at: $0, $1, $2) }) else { return nil }
            } catch {
                failure = error
                return nil
            }
        }
        return interpreter.queue.removeFirst()
    }

    /// How far back calls are looked for whose results are still to come, in bytes.
    private static let recallLength: Int64 = 1 << 20

    /// A capture may end between a call and its result: what failed, and what a question was, stands before the offset.
    private mutating func recall(_ descriptor: Int32, _ name: String, before offset: Int64) {
        var earlier = FileLines(descriptor, named: name, from: max(0, offset - Self.recallLength))
        // What cannot be read is not recalled; the reading itself will tell.
        while earlier.offset < offset, (try? earlier.next { text, _, _ in interpreter.recall(text) }) == true {}
    }
}
