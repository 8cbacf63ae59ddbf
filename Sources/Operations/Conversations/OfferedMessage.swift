package import Domain
internal import Platform
internal import Redaction
internal import Settings

/// A message that somebody offers for a conversation: what it is made of is in order, its text is as it came.
package struct OfferedMessage: Sendable, Equatable {
    package let role: ConversationMessage.Role
    let text: String
    /// By which it is known; nil for one that is made of the rest.
    let id: String?
    let session: SessionID?
    /// When it was said, ms since 1970; nil for now.
    let milliseconds: Int64?

    /// - Parameters:
    ///   - session: an ID of a session of Claude Code.
    ///   - at: ISO 8601 in UTC.
    /// - Throws: `Failure` that names what is wrong.
    package init(
        role: String, text: String, id: String? = nil, session: String? = nil, at: String? = nil
    ) throws(Failure) {
        self.role = try Self.role(role)
        self.text = text
        self.id = try id.map(Self.id)
        self.session = try session.map(Self.session)
        milliseconds = try at.map(Self.milliseconds)
    }

    private static func role(_ text: String) throws(Failure) -> ConversationMessage.Role {
        guard let role = ConversationMessage.Role(rawValue: text) else {
            throw Failure(.badInput, "role is '\(text)'; allowed: user, assistant")
        }
        return role
    }

    private static let mostBytesOfID = 200

    private static func id(_ text: String) throws(Failure) -> String {
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard !text.isEmpty, text.utf8.count <= mostBytesOfID, !hasControl else {
            throw Failure(
                .badInput, "id is '\(text.prefix(40))'; allowed: 1 to \(mostBytesOfID) bytes without control characters"
            )
        }
        return text
    }

    private static func session(_ text: String) throws(Failure) -> SessionID {
        guard let session = SessionID(rawValue: text) else {
            throw Failure(.badInput, "session '\(text.prefix(40))' is no session ID; leave it out where there is none")
        }
        return session
    }

    private static func milliseconds(_ text: String) throws(Failure) -> Int64 {
        guard let milliseconds = ISOTime.milliseconds(text) else {
            throw Failure(
                .badInput, "at is '\(text.prefix(40))'; give ISO 8601 in UTC, such as 2026-11-28T18:30:00Z")
        }
        return milliseconds
    }
}

extension OfferedMessage {
    /// A message as it stands in JSON: `role`, `text`, and where there are any `id`, `session_id` and `at`.
    /// - Parameter others: members that mean something to the caller.
    /// - Throws: `Failure` that names what is wrong.
    package init(_ json: JSONValue, others: Set<String> = []) throws(Failure) {
        guard let members = json.members else { throw Failure(.badInput, "a message is an object") }
        let known: Set = ["role", "text", "id", "session_id", "at"]
        for name in members.keys.sorted() where !known.contains(name) && !others.contains(name) {
            throw Failure(
                .badInput, "a message has no '\(name.prefix(40))'",
                remedy: "its members are role, text, id, session_id, at")
        }
        guard let role = try members.text("role"), let text = try members.text("text") else {
            throw Failure(.badInput, "a message has a role and a text")
        }
        try self.init(
            role: role, text: text, id: try members.text("id"), session: try members.text("session_id"),
            at: try members.text("at"))
    }

    /// - Parameter bytes: the JSON, in UTF-8.
    /// - Throws: `Failure` that names what is wrong.
    package init(parsing bytes: [UInt8]) throws(Failure) { try self.init(try Self.json(bytes[...])) }

    static func json(_ bytes: ArraySlice<UInt8>) throws(Failure) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.badInput, "it is not UTF-8") }
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            throw Failure(.badInput, "it is no JSON: \(error)")
        }
    }

    /// The message as it may be kept: without secrets and what is private, and no longer than it may be.
    /// - Parameter now: ms since 1970.
    /// - Throws: `Failure` where nothing is left of it, or it was said in times to come.
    func message(cleaned clean: (String) -> String, now: Int64) throws(Failure) -> ConversationMessage {
        let text = clean(text)
        guard text.contains(where: { !$0.isWhitespace }) else { throw Failure(.badInput, "there is no text to add") }
        let said = milliseconds ?? now
        // Clocks differ; but it would stay the last message, whatever is said after it.
        guard said <= now + Self.mostAhead else {
            throw Failure(
                .badInput, "at is \(ISOTime.text(said)), which is yet to come; now it is \(ISOTime.text(now))")
        }
        let mark = [role.rawValue, String(said), session?.rawValue ?? "", text].joined(separator: "\n")
        return ConversationMessage(
            id: id ?? String(SHA256.hexadecimal(of: mark).prefix(32)), role: role, milliseconds: said, session: session,
            text: text)
    }

    /// ms.
    private static let mostAhead: Int64 = 3_600_000
}

extension [String: JSONValue] {
    /// - Returns: nil for what is missing or null.
    func text(_ name: String) throws(Failure) -> String? {
        switch self[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        case .bool?, .number?, .array?, .object?: throw Failure(.badInput, "\(name) is not a string")
        }
    }
}
