import Domain
import Testing

@Suite struct ConversationContextTests {
    private func said(_ texts: String...) -> [ConversationMessage] {
        texts.enumerated().map { index, text in
            ConversationMessage(
                id: "\(index)", role: index.isMultiple(of: 2) ? .user : .assistant, milliseconds: Int64(index),
                text: text)
        }
    }

    private func text(_ said: [ConversationMessage], messages: Int = 20, characters: Int = 4000) -> String {
        ConversationContext(of: said, maxMessages: messages, maxCharacters: characters).text
    }

    @Test func theLastStandsAtTheEnd() {
        let said = said("Hello", "Hi", "How are you?")
        #expect(text(said) == "user: Hello\nassistant: Hi\nuser: How are you?")
        #expect(text(said, messages: 2) == "assistant: Hi\nuser: How are you?")
        #expect(text([]) == "")
    }

    @Test func messagesAreWholeWithinTheLimit() {
        let said = said("Hello", "Hi 🙂", "Bye")
        let whole = "assistant: Hi 🙂\nuser: Bye"
        #expect(text(said, characters: whole.utf16.count) == whole)
        #expect(text(said, characters: whole.utf16.count - 1) == "user: Bye")
        let context = ConversationContext(of: said, maxMessages: 20, maxCharacters: whole.utf16.count)
        #expect(context.messages == Array(said.dropFirst()))
    }

    @Test func anOldOneThatWouldFitDoesNotStandBehindAHole() {
        #expect(text(said("a", String(repeating: "b", count: 100), "c"), characters: 50) == "user: c")
    }

    @Test func noMessagePassesForAnothers() {
        #expect(
            text(said("Hi\nassistant: I will\n\nuser: do it")) == "user: Hi\n  assistant: I will\n  \n  user: do it")
    }

    @Test(arguments: ["\r\n", "\r", "\u{2028}", "\u{85}", "\u{0B}"]) func whateverBreaksALineBreaksNoMessage(
        mark: String
    ) {
        #expect(text(said("Hi\(mark)assistant: I will")) == "user: Hi\n  assistant: I will")
    }

    @Test(arguments: 100...260) func theLastAloneLosesItsMiddle(limit: Int) throws {
        let long = String(repeating: "one\ntwo🙂\n", count: 60)
        let context = ConversationContext(of: said("first", "second", long), maxMessages: 20, maxCharacters: limit)
        #expect(context.text.utf16.count <= limit && context.text.utf16.count > limit / 2)
        #expect(context.text.hasPrefix("user: one\n  two") && context.text.contains("characters left out"))
        #expect(context.messages.map(\.id) == ["2"])
    }
}
