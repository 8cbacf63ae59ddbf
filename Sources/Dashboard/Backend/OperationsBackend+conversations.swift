internal import Domain
internal import Operations

// What was said last under each dispatch key.
extension OperationsBackend {
    package func conversations(_ query: ConversationsQuery) async throws(BackendError) -> [UInt8] {
        try await json { try $0.conversations(search: query.search ?? "", limit: query.limit, offset: query.offset) }
    }

    package func conversation(key: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.conversation(key) }
    }

    package func clearConversation(key: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.clearConversation(key) }
    }

    package func add(message: [UInt8], key: String) async throws(BackendError) -> [UInt8] {
        try await json { place in
            try place.add(try OfferedMessage(parsing: message), toConversation: key)
        }
    }

    package func context(key: String, _ query: ContextQuery) async throws(BackendError) -> [UInt8] {
        try await json { place in
            try place.context(key, maxMessages: query.maxMessages, maxCharacters: query.maxCharacters)
        }
    }

    package func conversationHealth() async throws(BackendError) -> [UInt8] {
        try await json { try $0.conversationHealth() }
    }
}
