package import Domain
package import Redis

/// What stands word for word under the dispatch keys of the registry: the last messages, and what is carried over.
package struct SaidWords: Sendable {
    /// What is to go of one of them.
    package struct Part: Sendable {
        let key: RedisKey
        /// Elements of a list; nil for all that is there.
        let elements: [String]?

        package var count: Int { elements?.count ?? 1 }
    }

    private let registry: SessionRegistry

    package init(_ registry: SessionRegistry) { self.registry = registry }

    /// What of them is to be forgotten.
    /// - Parameter messages: those that are, as `EpisodeEntry.identity` names them: a fork's key has copies of its parent's.
    package func parts(
        _ wish: ForgetWish, messages: Set<String> = [], over connection: inout RedisConnection
    ) throws(RedisError) -> [Part] {
        var parts: [Part] = []
        for pattern in registry.keys.allSaid {
            var position: String? = SCAN.start
            while let from = position {
                let page = try connection.ask(SCAN(pattern, from: from, count: 1000))
                position = page.next
                for key in page.keys { parts += try part(of: key, wish, messages, &connection).map { [$0] } ?? [] }
            }
        }
        return parts
    }

    private func part(
        of key: RedisKey, _ wish: ForgetWish, _ messages: Set<String>, _ connection: inout RedisConnection
    ) throws(RedisError) -> Part? {
        if case .key(let wanted) = wish, registry.keys.saidUnder(key) == wanted.rawValue {
            return Part(key: key, elements: nil)
        }
        let type = try connection.ask(TYPE(key))
        guard let content = CONTENT(key, type: type) else { return nil }
        let found = try connection.ask(content).filter { Self.holds($0, wish, messages) }
        guard !found.isEmpty else { return nil }
        return Part(key: key, elements: type == "list" ? found : nil)
    }

    private static func holds(_ element: String, _ wish: ForgetWish, _ messages: Set<String>) -> Bool {
        if !messages.isEmpty, let message = ConversationMessage(json: element),
            messages.contains(EpisodeEntry.identity(uuid: message.id, hash: message.id))
        {
            return true
        }
        return switch wish {
        case .session(let id): ByteSearch.contains(element, "\"\(id)\"")
        case .text(let text): text.occurs(in: element)
        case .key: false
        }
    }

    /// What is said in them.
    package func texts(of parts: [Part], over connection: inout RedisConnection) throws(RedisError) -> [String] {
        var texts: [String] = []
        for part in parts {
            let elements: [String]
            if let known = part.elements {
                elements = known
            } else if let content = CONTENT(part.key, type: try connection.ask(TYPE(part.key))) {
                elements = try connection.ask(content)
            } else {
                continue
            }
            texts += elements.compactMap { ConversationMessage(json: $0)?.text }
        }
        return texts
    }

    package func remove(_ parts: [Part], over connection: inout RedisConnection) throws(RedisError) {
        for part in parts {
            guard let elements = part.elements else {
                _ = try connection.ask(DEL(part.key))
                continue
            }
            _ = try connection.ask(ForEach(elements.map { LREM(part.key, $0) }))
        }
    }
}

extension RedisConnection {
    /// The keys of a namespace, those of its pools too, in whose name or content a text stands. All of them are read.
    package mutating func keys(holding text: SoughtText, of keys: Keys) throws(RedisError) -> [String] {
        var found: Set<String> = []
        var position: String? = SCAN.start
        while let from = position {
            let page = try ask(SCAN(keys.everything, from: from, count: 1000))
            position = page.next
            for key in page.keys {
                if text.occurs(in: key.name) { found.insert(key.name) }
                guard let content = CONTENT(key, type: try ask(TYPE(key))) else { continue }
                if try ask(content).contains(where: text.occurs) { found.insert(key.name) }
            }
        }
        return found.sorted()
    }
}
