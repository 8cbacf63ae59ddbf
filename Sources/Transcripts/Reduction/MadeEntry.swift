package import Domain

/// What entries that we make say of where they belong; as the client's own say it.
package struct EntryFrame: Sendable, Equatable {
    package var session: SessionID
    package var cwd: String
    /// Of the client.
    package var version: String
    package var gitBranch: String

    package init(session: SessionID, cwd: String, version: String, gitBranch: String) {
        self.session = session
        self.cwd = cwd
        self.version = version
        self.gitBranch = gitBranch
    }
}

/// An entry of a transcript that we make ourselves, in the order of members that the client has. What is made of the same
/// is the same, its uuid too.
struct MadeEntry {
    enum Body {
        /// Words of a person or, where `isMeta`, of ours.
        case user(String, isMeta: Bool)
        case assistant(String, model: String)
        /// What day it was, as newer clients tell the model: without anything of that kind they would send a message that is
        /// empty.
        case date
        /// In place of what a call brought, which is not kept.
        case missingResult(call: String)
    }

    var uuid: String
    /// ISO 8601.
    var timestamp: String
    var body: Body

    /// - Parameter parts: what tells it from others of its session.
    init(_ body: Body, _ session: SessionID, timestamp: String, uuidOf parts: [String]) {
        self.body = body
        self.timestamp = timestamp
        uuid = Self.uuid(of: [session.rawValue] + parts)
    }

    /// - Returns: nil where the time says no day.
    static func date(_ session: SessionID, timestamp: String) -> MadeEntry? {
        guard ISOTime.milliseconds(timestamp) != nil else { return nil }
        return MadeEntry(.date, session, timestamp: timestamp, uuidOf: ["date"])
    }

    static let beginning = "[The beginning of this conversation is not kept.]"
    static let noResult = "[No result of this call is kept.]"

    /// In the form of a UUID of version 8, which leaves its bits to us (RFC 9562).
    private static func uuid(of parts: [String]) -> String {
        var digits = Array(digits(of: parts).prefix(32))
        digits[12] = UInt8(ascii: "8")
        digits[16] = UInt8(ascii: "a")
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }

    private static func digits(of parts: [String]) -> [UInt8] {
        // A length before each, so that no two lists say the same.
        Array(SHA256.hexadecimal(of: parts.map { "\($0.utf8.count):\($0)" }.joined()).utf8)
    }

    func line(parent: String?, _ frame: EntryFrame) -> String {
        let parent = parent.map(Self.quoted) ?? "null"
        let begin = #"{"parentUuid":\#(parent),"isSidechain":false,"#
        let end =
            #""uuid":\#(Self.quoted(uuid)),"timestamp":\#(Self.quoted(timestamp)),"userType":"external","#
            + #""entrypoint":"cli","cwd":\#(Self.quoted(frame.cwd)),"sessionId":\#(Self.quoted(frame.session.rawValue)),"#
            + #""version":\#(Self.quoted(frame.version)),"gitBranch":\#(Self.quoted(frame.gitBranch))}"#
        switch body {
        case .user(let text, let isMeta):
            return begin + #""type":"user","message":{"role":"user","content":\#(Self.quoted(text))},"#
                + (isMeta ? #""isMeta":true,"# : "") + end
        case .assistant(let text, let model):
            let id = "msg_" + String(decoding: Self.digits(of: [uuid]).prefix(24), as: UTF8.self)
            return begin + #""message":{"id":"\#(id)","type":"message","role":"assistant","#
                + #""model":\#(Self.quoted(model)),"content":[{"type":"text","text":\#(Self.quoted(text))}],"#
                + #""stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":0,"#
                + #""cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}},"#
                + #""type":"assistant","# + end
        case .date:
            return begin + #""attachment":{"type":"date","date":\#(Self.quoted(day))},"type":"attachment","# + end
        case .missingResult(let call):
            return begin + #""type":"user","message":{"role":"user","content":[{"tool_use_id":\#(Self.quoted(call)),"#
                + #""type":"tool_result","content":"\#(Self.noResult)","is_error":true}]},"# + end
        }
    }

    /// The day of the timestamp.
    private var day: String { String(timestamp.prefix(10)) }

    private static func quoted(_ text: String) -> String { JSONValue.string(text).text }
}
