/// A session that is a memory tool's own call of a model: captured, it would be summarised, and the summary captured
/// again, without end.
package struct OwnWork: Sendable, Equatable {
    /// How the tool's prompts begin.
    package let mark: String

    /// What memory tools say first, ours included; checked on the first prompt of a session only.
    private static let marks = [
        // obra/episodic-memory, src/summarizer.ts
        "Summarize this part of a conversation", "Please write a concise, factual summary of this conversation",
        "Context: This summary will be shown in a list to help users",
        // thedotmack/claude-mem, plugin/modes
        "You are a Claude-Mem, a specialized observer", "Hello memory agent",
        // Claude Code's own compaction, when a tool calls for it by hand
        "Your task is to create a detailed summary of the conversation so far",
        "[holdfast memory]",
    ]

    package init?(firstPrompt: String) {
        let prompt = firstPrompt.drop { $0.isWhitespace }
        guard let mark = Self.marks.first(where: { prompt.hasPrefix($0) }) else { return nil }
        self.mark = mark
    }

    package var reason: String { "a memory tool's own call" }
}
