package import Domain
internal import Glibc
package import Platform
package import Settings

/// The keys and texts that a person wanted forgotten, without a word of them: what is offered later has no transcript by whose
/// messages a tombstone could know it. As a file, `STATE/forgotten.wishes`:
///
///     key <SHA-256> <when, ISO 8601>
///     text <fingerprint>
package struct ForgottenWishes: Sendable {
    private var keys: [String: Int64] = [:]
    private var texts: [TextFingerprint] = []

    /// - Throws: where the file cannot be read or says nothing: nobody may take that for leave to keep.
    package init(_ state: StateFolder) throws(FileError) {
        let text: String
        do throws(FileError) {
            text = try Files.read(state.forgottenWishes, limit: 1 << 28)
        } catch {
            guard error.isNowhere else { throw error }
            return
        }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0] == "text", let known = TextFingerprint(line: words[1]) {
                texts.append(known)
                continue
            }
            let parts = words.last?.split(separator: " ").map(String.init) ?? []
            guard words.first == "key", parts.count == 2, let time = ISOTime.milliseconds(parts[1]) else {
                throw FileError(path: state.forgottenWishes, number: EBADMSG)
            }
            keys[parts[0]] = time
        }
    }

    /// Adds one, on the disk when this returns. Of a session its tombstone says it.
    /// - Parameter milliseconds: when, since 1970.
    package static func add(_ wish: ForgetWish, at milliseconds: Int64, to state: StateFolder) throws(FileError) {
        var known = try ForgottenWishes(state)
        switch wish {
        case .session: return
        case .key(let key):
            let sum = sum(of: key)
            known.keys[sum] = max(milliseconds, known.keys[sum] ?? .min)
        case .text(let text):
            guard !known.texts.contains(where: { $0.matches(text) }) else { return }
            known.texts.append(TextFingerprint(text))
        }
        let lines =
            known.keys.map { "key \($0) \(ISOTime.text($1))" }.sorted() + known.texts.map { "text " + $0.line }
        try Files.write(lines.joined(separator: "\n") + "\n", to: state.forgottenWishes, isSynced: true)
    }

    /// Whether a text that is forgotten stands in this one.
    package func cover(_ text: String) -> Bool { texts.contains { $0.occurs(in: text) } }

    /// Whether what was said under a key is forgotten.
    package func cover(_ key: DispatchKey, saidAt milliseconds: Int64) -> Bool {
        keys[Self.sum(of: key)].map { milliseconds < $0 } ?? false
    }

    private static func sum(of key: DispatchKey) -> String { SHA256.hexadecimal(of: "key " + key.rawValue) }
}

/// What every way in asks that words come by which nobody captured: an import, a person, a bot. Asked with
/// `StateFolder.forgottenLock`, or what is being forgotten meanwhile gets in between the answer and the deed.
package struct ForgottenOffers: Sendable {
    private let wishes: ForgottenWishes
    private let tombstones: Tombstones
    private var heads: [Tombstone.Head]?
    /// Of the tombstones that had to be looked into.
    private var messages: [SessionID: Set<String>] = [:]

    package init(_ state: StateFolder) throws(FileError) {
        wishes = try ForgottenWishes(state)
        tombstones = Tombstones(state)
    }

    /// Whether a text may not be kept, whoever says it.
    package func cover(_ text: String) -> Bool { wishes.cover(text) }

    /// Whether a message may not be kept.
    /// - Parameters:
    ///   - isNamed: somebody else gave it its name, by which a tombstone may know it.
    ///   - saidAt: ms since 1970; nil for what is said now, which is new even under a key that was forgotten.
    package mutating func cover(
        _ message: ConversationMessage, of key: DispatchKey, isNamed: Bool, saidAt: Int64?
    ) throws(FileError) -> Bool {
        if let saidAt, wishes.cover(key, saidAt: saidAt) { return true }
        if let session = message.session, try tombstones.isWhole(session) { return true }
        if isNamed {
            if wishes.cover(message.id) { return true }
            let identity = EpisodeEntry.identity(uuid: message.id, hash: message.id)
            let time = ISOTime.text(message.milliseconds)
            if heads == nil { heads = try tombstones.heads() }
            for head in heads ?? [] where head.mayHold(time) {
                if messages[head.session] == nil {
                    messages[head.session] = try tombstones.tombstone(of: head.session)?.known.messages ?? []
                }
                if messages[head.session]?.contains(identity) == true { return true }
            }
        }
        return wishes.cover(message.text)
    }
}
