/// How a client says that it cannot resume the session that it was to.
package protocol ResumeFailureText: Sendable {
    /// Whether a text says so.
    func isIn(_ text: String) -> Bool

    /// Whether a text says that somebody has the session open.
    func isHeld(_ text: String) -> Bool

    /// Whether a line may be, or become, one that says so: it must be held back until that is clear.
    func mayBegin(_ line: String) -> Bool

    /// Whether a line of a stream of results, or one answer, is a result that says so.
    func isResult(_ line: String) -> Bool

    /// Whether a line of a stream of results may stand before a failure.
    func mayPrecede(_ line: String) -> Bool
}

/// Holds back what a resume attempt prints until it is clear that the attempt did not fail for want of the session.
/// Nothing of a failed attempt reaches stdout; the sentence that says so does not reach stderr.
package struct AttemptGate: Sendable {
    /// More than this without a line end is no failure: the failing `result` line has 1 KB.
    static let holdLimit = 1 << 20

    /// More text than this is an answer. Less of it may be what a wrapper of the client says before it starts.
    static let textLimit = 512

    /// The attempt printed something that a failed one does not.
    package private(set) var isDecided = false
    /// It printed text, be it a wrapper's.
    private var hasText = false
    private var heldOutput: [UInt8] = []
    private var heldError: [UInt8] = []
    /// What said that the session does not exist: shown only should the attempt be final after all.
    private var withheldOutput: [UInt8] = []
    private var withheldError: [UInt8] = []

    private let failure: any ResumeFailureText

    /// - Parameter failure: of the client that is run.
    package init(_ failure: any ResumeFailureText) {
        self.failure = failure
    }

    /// - Returns: what may be passed on now.
    package mutating func output(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        if isDecided { return Array(bytes) }
        heldOutput += bytes
        while let end = heldOutput.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: heldOutput[..<end], as: UTF8.self)
            if !failure.mayPrecede(line), !failure.isResult(line) {
                guard Self.isText(heldOutput) else { return decide() }
                hasText = true
            }
            withheldOutput += heldOutput[...end]
            heldOutput.removeSubrange(...end)
        }
        hasText = hasText || Self.isText(heldOutput)
        // More than any failure says.
        let isLong = hasText && withheldOutput.count + heldOutput.count > Self.textLimit
        return isLong || heldOutput.count > Self.holdLimit ? decide() : []
    }

    private static func isText(_ line: [UInt8]) -> Bool { line.first.map { $0 != UInt8(ascii: "{") } ?? false }

    private mutating func decide() -> [UInt8] {
        isDecided = true
        defer { (withheldOutput, heldOutput) = ([], []) }
        return withheldOutput + heldOutput
    }

    /// - Returns: what may be passed on now. Only a line that may be the sentence is held.
    package mutating func error(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        heldError += bytes
        var passed: [UInt8] = []
        while let end = heldError.firstIndex(of: UInt8(ascii: "\n")) {
            let line = heldError[...end]
            let text = String(decoding: line, as: UTF8.self)
            if failure.isIn(text) || failure.isHeld(text) {
                withheldError += line
            } else {
                passed += line
            }
            heldError.removeSubrange(...end)
        }
        if !failure.mayBegin(String(decoding: heldError.prefix(200), as: UTF8.self)) {
            passed += heldError
            heldError = []
        }
        return passed
    }

    /// How an attempt ended.
    package struct Ending: Sendable, Equatable {
        /// The client said that it cannot resume the session.
        package var wasRefused = false
        /// It said that somebody has it open.
        package var wasHeld = false
        /// It printed nothing that could be an answer.
        package var isSilent = false
        /// What is still held, should the attempt be final after all.
        package var output: [UInt8] = []
        package var error: [UInt8] = []
    }

    /// How the attempt looks after it ended.
    package mutating func finish() -> Ending {
        let output = withheldOutput + heldOutput
        let error = withheldError + heldError
        let lines = output.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let isResult = lines.contains(where: failure.isResult)
        let said = String(decoding: error, as: UTF8.self)
        return Ending(
            wasRefused: isResult || failure.isIn(said), wasHeld: failure.isHeld(said),
            isSilent: !isDecided && !hasText && (isResult || lines.allSatisfy(failure.mayPrecede)), output: output,
            error: error)
    }
}
