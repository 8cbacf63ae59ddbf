/// One call as a transcript tells it, on its way from a capture to the tool's record.
package struct ToolCallTally: Sendable, Equatable {
    package var tool: ToolName
    package var outcome: ToolHealth.Outcome
    /// Where in the transcript its result stands.
    package var position: Int64

    package init(tool: ToolName, outcome: ToolHealth.Outcome, position: Int64) {
        self.tool = tool
        self.outcome = outcome
        self.position = position
    }

    /// Behind it nothing of an error is kept; characters.
    package static let messageLimit = 300

    /// `[["<tool>", <ended, ms>, <took, ms, or -1>, "<class, or empty>", "<call>", "<message>"], …]`.
    package static func json(_ tallies: [ToolCallTally]) -> String {
        var bytes = [UInt8(ascii: "[")]
        for tally in tallies {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            let outcome = tally.outcome
            bytes.append(UInt8(ascii: "["))
            bytes.appendJSONString(tally.tool.rawValue)
            bytes += ",\(outcome.atMilliseconds),\(outcome.durationMilliseconds ?? -1),".utf8
            bytes.appendJSONString(outcome.failure?.rawValue ?? "")
            bytes.append(UInt8(ascii: ","))
            bytes.appendJSONString(outcome.callID)
            bytes.append(UInt8(ascii: ","))
            bytes.appendJSONString(outcome.message)
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is none of that is left out.
    package static func read(_ text: String, session: String) -> [ToolCallTally] {
        guard case .array(let rows)? = try? JSONValue(parsing: text) else { return [] }
        return rows.compactMap { row in
            guard case .array(let cells) = row, cells.count == 6,
                let tool = cells[0].string.flatMap(ToolName.init(rawValue:)),
                let ended = cells[1].wholeNumber, let took = cells[2].wholeNumber, let failure = cells[3].string,
                let call = cells[4].string, let message = cells[5].string
            else { return nil }
            return ToolCallTally(
                tool: tool,
                outcome: ToolHealth.Outcome(
                    failure: failure.isEmpty ? nil : ToolErrorClass(rawValue: failure) ?? .unknown, message: message,
                    durationMilliseconds: took < 0 ? nil : took, atMilliseconds: ended, callID: call, session: session),
                position: 0)
        }
    }
}
