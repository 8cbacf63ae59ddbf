package import Storage

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
        }
    }
}
