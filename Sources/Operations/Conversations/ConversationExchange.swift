internal import Domain
internal import Platform
internal import Redaction
internal import Redis
internal import Settings
internal import Storage

/// What became of messages that were to be imported.
package struct ImportedConversations: Encodable, Sendable {
    package struct Refusal: Encodable, Sendable {
        /// The first is 1.
        package let line: Int
        package let reason: String
    }

    /// Those that messages were offered for.
    package let conversations: Int
    package let added: Int
    /// They stand there already, or were said before all that is kept.
    package let not_added: Int
    package let refused: [Refusal]
}

/// One line of an export.
private struct ExportedMessage: Encodable {
    let dispatch_key: String
    let message: MessageView

    private enum CodingKeys: CodingKey { case dispatch_key }

    func encode(to encoder: any Encoder) throws {
        try message.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(dispatch_key, forKey: .dispatch_key)
    }
}

extension Workplace {
    /// Hands out conversations as JSON lines, an object for each message: by key, the oldest first.
    /// - Parameters:
    ///   - name: of one dispatch key; nil for all.
    ///   - body: gets each line, without the line break.
    /// - Throws: `Failure` where nothing is at hand of the one, and what `body` throws.
    package func exportConversations(_ name: String?, _ body: (String) throws -> Void) throws {
        var connection = try connect()
        let one = try name.map { try DispatchKey($0) }
        let keys =
            try one.map { [$0] }
            ?? connection.summaries(conversationQueries, limit: Self.mostConversations).map(\.dispatchKey)
        for start in stride(from: 0, to: keys.count, by: 100) {
            let page = keys[start..<min(keys.count, start + 100)]
            let most = ContextView.allowedMessages.upperBound
            let said = try connection.ask(ForEach(page.map { conversationQueries.last(most, of: $0) }))
            if let one, said.allSatisfy(\.isEmpty) { throw Self.noConversation(one) }
            for (key, messages) in zip(page, said) {
                for message in messages {
                    let line = ExportedMessage(dispatch_key: key.rawValue, message: MessageView(message))
                    try body(try JSONValue(encoding: line).text)
                }
            }
        }
    }

    /// Takes in what was exported, without secrets; what stands there already is not added twice. A line that is no message
    /// keeps none of the others back.
    /// - Parameter lines: JSON lines in UTF-8.
    /// - Throws: `Failure` where there is no line.
    package func importConversations(_ lines: [UInt8]) throws -> ImportedConversations {
        var refused: [ImportedConversations.Refusal] = []
        var offered: [DispatchKey: [ConversationMessage]] = [:]
        let redactor = settings.configuration.redactor, now = HostClock.wallMilliseconds
        for (index, line) in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { $0 > UInt8(ascii: " ") }) {
            do {
                let (key, message) = try Self.exported(line)
                offered[key, default: []].append(try message.message(cleaned: redactor.cleaned, now: now))
            } catch {
                refused.append(.init(line: index + 1, reason: Failure(of: error).message))
            }
        }
        guard !offered.isEmpty || !refused.isEmpty else {
            throw Failure(.badInput, "there is nothing to import; give it what 'holdfast conversation export' wrote")
        }
        let added = offered.isEmpty ? 0 : try take(offered)
        return ImportedConversations(
            conversations: offered.count, added: added,
            not_added: offered.values.reduce(0) { $0 + $1.count } - added, refused: refused)
    }

    private static func exported(_ line: ArraySlice<UInt8>) throws -> (DispatchKey, OfferedMessage) {
        let json = try OfferedMessage.json(line)
        let message = try OfferedMessage(json, others: ["dispatch_key"])
        guard let name = try json.members?.text("dispatch_key") else {
            throw Failure(.badInput, "it has no dispatch_key")
        }
        let key = try DispatchKey(name)
        guard message.id != nil || message.milliseconds != nil else {
            throw Failure(.badInput, "it has neither at nor id; taken in twice, it would stand there twice")
        }
        return (key, message)
    }

    /// - Returns: how many were added.
    private func take(_ offered: [DispatchKey: [ConversationMessage]]) throws -> Int {
        var connection = try connectStarting()
        var added = 0
        for (key, messages) in offered {
            // Of more than are kept, those at the end of time are.
            for start in stride(from: 0, to: messages.count, by: 1000) {
                let addition = ConversationAddition(
                    Array(messages[start..<min(messages.count, start + 1000)]), to: key,
                    settings.configuration.conversations, isCaptured: false)
                added += Int(try connection.run(conversationQueries.adding(addition)))
            }
        }
        return added
    }
}
