package import Domain
internal import Redaction

/// A tool's call whose result a transcript holds.
package struct EndedCall: Sendable, Equatable {
    package var tool: ToolName
    /// What the client calls it.
    package var id: String
    /// ms since 1970.
    package var endedMilliseconds: Int64
    /// From call to result, a person's leave included; nil where the transcript does not say.
    package var durationMilliseconds: Int64?
    /// Its words, where it failed.
    package var error: String?

    package init(
        tool: ToolName, id: String, endedMilliseconds: Int64, durationMilliseconds: Int64?, error: String?
    ) {
        self.tool = tool
        self.id = id
        self.endedMilliseconds = endedMilliseconds
        self.durationMilliseconds = durationMilliseconds
        self.error = error
    }

    /// The same for a tool's record.
    /// - Parameters:
    ///   - redactor: nothing of an error is kept that it takes away.
    ///   - position: of the message that holds the result.
    func tally(_ redactor: Redactor, session: String, position: Int64) -> ToolCallTally {
        // The class by all of the words, of which the last may say it; kept is a line.
        let message = error.map { PlainText.line(redactor.redact($0), limit: ToolCallTally.messageLimit) } ?? ""
        return ToolCallTally(
            tool: tool,
            outcome: ToolHealth.Outcome(
                failure: error.map { ToolErrorClass(of: $0) }, message: message,
                durationMilliseconds: durationMilliseconds, atMilliseconds: endedMilliseconds, callID: id,
                session: session),
            position: position)
    }
}
