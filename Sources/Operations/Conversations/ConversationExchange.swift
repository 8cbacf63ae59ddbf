internal import Domain
internal import Platform
internal import Redaction
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

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
    /// They are forgotten, or hold what is.
    package let forgotten: Int
    package let refused: [Refusal]
}

/// What was read of a line, to be added.
private struct Offer {
    let message: ConversationMessage
    /// As the line says it; nil where it does not.
    let saidMilliseconds: Int64?
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

    /// Takes in what was exported, without secrets and what is forgotten; what stands there already is not added twice. A
    /// line that is no message keeps none of the others back.
    /// - Parameter lines: JSON lines in UTF-8.
    /// - Throws: `Failure` where there is no line.
    package func importConversations(_ lines: [UInt8]) throws -> ImportedConversations {
        var refused: [ImportedConversations.Refusal] = []
        var offered: [DispatchKey: [Offer]] = [:]
        let redactor = settings.configuration.redactor, now = HostClock.wallMilliseconds
        for (index, line) in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { $0 > UInt8(ascii: " ") }) {
            do {
                let (key, message) = try Self.exported(line)
                offered[key, default: []].append(
                    Offer(
                        message: try message.message(cleaned: redactor.cleaned, now: now),
                        saidMilliseconds: message.milliseconds))
            } catch {
                refused.append(.init(line: index + 1, reason: Failure(of: error).message))
            }
        }
        guard !offered.isEmpty || !refused.isEmpty else {
            throw Failure(.badInput, "there is nothing to import; give it what 'holdfast conversation export' wrote")
        }
        let (added, forgotten) = offered.isEmpty ? (0, 0) : try take(offered)
        return ImportedConversations(
            conversations: offered.count, added: added,
            not_added: offered.values.reduce(0) { $0 + $1.count } - added - forgotten, forgotten: forgotten,
            refused: refused)
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

    /// Messages of one key that are told to Redis at once; and of several, before others have their turn.
    private static let pageSize = 1000

    /// - Returns: how many were added, and how many are forgotten.
    private func take(_ offered: [DispatchKey: [Offer]]) throws -> (added: Int, forgotten: Int) {
        var connection = try connectStarting()
        var added = 0, forgotten = 0
        var pages: [(key: DispatchKey, offers: ArraySlice<Offer>)] = [], size = 0
        func takePages() throws {
            try admitting { admission in
                for (key, offers) in pages {
                    let messages = try offers.filter { offer in
                        try !admission.cover(offer.message, of: key, isNamed: true, saidAt: offer.saidMilliseconds)
                    }.map(\.message)
                    forgotten += offers.count - messages.count
                    guard !messages.isEmpty else { continue }
                    let addition = ConversationAddition(
                        messages, to: key, settings.configuration.conversations, isCaptured: false)
                    added += Int(try connection.run(conversationQueries.adding(addition)))
                }
            }
            (pages, size) = ([], 0)
        }
        for (key, offers) in offered {
            // Of more than are kept, those at the end of time are.
            for start in stride(from: 0, to: offers.count, by: Self.pageSize) {
                let page = offers[start..<min(offers.count, start + Self.pageSize)]
                pages.append((key, page))
                size += page.count
                if size >= Self.pageSize { try takePages() }
            }
        }
        try takePages()
        return (added, forgotten)
    }
}
