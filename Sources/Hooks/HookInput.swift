package import Domain
package import Storage
internal import Transcripts

/// What Claude Code writes to a hook's stdin: one JSON object. Fields come and go between versions, so all but three are
/// optional and unknown ones are passed over.
package struct HookInput: Sendable, Equatable {
    /// The events we register. All are known to 2.1.139: one unknown name makes that client drop every hook of a plugin.
    /// `PreToolUse` is registered by the plugin `holdfast-guard` alone: a hook before every call is not for everybody.
    package enum Event: String, Sendable, CaseIterable {
        case sessionStart = "SessionStart"
        case userPromptSubmit = "UserPromptSubmit"
        case stop = "Stop"
        case stopFailure = "StopFailure"
        case subagentStop = "SubagentStop"
        case preCompact = "PreCompact"
        case sessionEnd = "SessionEnd"
        case postToolUseFailure = "PostToolUseFailure"
        case preToolUse = "PreToolUse"
    }

    package enum Unusable: Error, Equatable {
        case notUnderstood(reason: String)
        case unknownEvent(String)
        case badSessionID(String)
    }

    /// Beyond this nothing is read; who and where stand at the front.
    package static let sizeLimit = 16 << 20

    package var event: Event
    package var sessionID: SessionID
    package var transcriptPath: String
    package var cwd: String
    package var source = ""
    package var reason = ""
    package var model = ""
    /// Nil outside sub-agents.
    package var agentID: String?
    package var agentTranscriptPath = ""
    package var promptID = ""
    /// What the agent said last, for `Stop` and `SubagentStop`; for `StopFailure` the client's words about an error.
    package var lastAssistantMessage = ""
    /// For `StopFailure`: the client's class of the error, and what else it knows.
    package var error = ""
    package var errorDetails = ""
    /// For `PreToolUse` and `PostToolUseFailure`, whose `error` is what the model is told.
    package var toolName = ""
    package var toolCallID = ""
    package var durationMilliseconds: Int64?
    package var isInterrupt = false

    package init(_ bytes: [UInt8]) throws(Unusable) {
        guard let fields = PayloadScanner.strings(of: bytes, named: Self.fields, words: Self.words) else {
            throw .notUnderstood(reason: "\(bytes.count) bytes that are no JSON object")
        }
        guard let name = fields["hook_event_name"], let id = fields["session_id"] else {
            throw .notUnderstood(reason: "no session_id and hook_event_name in \(bytes.count) bytes")
        }
        guard let event = Event(rawValue: name) else { throw .unknownEvent(String(name.prefix(64))) }
        guard let sessionID = SessionID(rawValue: id) else { throw .badSessionID(String(id.prefix(64))) }
        self.event = event
        self.sessionID = sessionID
        transcriptPath = fields["transcript_path"] ?? ""
        cwd = fields["cwd"] ?? ""
        source = fields["source"] ?? ""
        reason = fields["reason"] ?? ""
        model = fields["model"] ?? ""
        agentID = fields["agent_id"]
        agentTranscriptPath = fields["agent_transcript_path"] ?? ""
        promptID = fields["prompt_id"] ?? ""
        lastAssistantMessage = fields["last_assistant_message"] ?? ""
        error = fields["error"] ?? ""
        errorDetails = fields["error_details"] ?? ""
        toolName = fields["tool_name"] ?? ""
        toolCallID = fields["tool_use_id"] ?? ""
        durationMilliseconds = fields["duration_ms"].flatMap { StoredNumber.of($0) }
        isInterrupt = fields["is_interrupt"] == "true"
    }

    package var isSubagent: Bool { agentID != nil }

    /// The same as its paths read here, where the client runs on Windows and we in its Linux.
    func mounted(at root: String) -> HookInput {
        var input = self
        input.transcriptPath = ProjectPath.mounted(transcriptPath, root: root)
        input.agentTranscriptPath = ProjectPath.mounted(agentTranscriptPath, root: root)
        input.cwd = ProjectPath.mounted(cwd, root: root)
        return input
    }

    /// Whether it comes from a client on Windows.
    var isOfWindows: Bool { ProjectPath.isOfWindows(transcriptPath) }

    private static let fields: Set = [
        "session_id", "hook_event_name", "transcript_path", "cwd", "source", "reason", "model", "agent_id",
        "agent_transcript_path", "prompt_id", "last_assistant_message", "error", "error_details",
        "tool_name", "tool_use_id", "duration_ms", "is_interrupt",
    ]
    private static let words: Set = ["duration_ms", "is_interrupt"]
}

extension HookInput.Event {
    /// Where its duration is counted.
    package var latencies: Latencies.Series {
        switch self {
        case .sessionStart: .sessionStart
        case .userPromptSubmit: .userPromptSubmit
        case .stop: .stop
        case .stopFailure: .stopFailure
        case .subagentStop: .subagentStop
        case .preCompact: .preCompact
        case .sessionEnd: .sessionEnd
        case .postToolUseFailure: .postToolUseFailure
        case .preToolUse: .preToolUse
        }
    }
}
