package import Domain

/// Which transcript a program stores with us: the key of the Agent SDK's `SessionStore` (claude_agent_sdk/types.py, 0.2.186).
package struct StoreKey: Sendable, Equatable {
    /// The name of the client's folder for the project.
    package let project: String
    /// An ID of the client's, or whatever the program calls a session.
    package let session: String
    /// Below the session, without a suffix: of a sub-agent; nil for the session's own.
    package let subpath: String?

    /// - Throws: for what could be no name in a folder.
    package init(project: String, session: String, subpath: String? = nil) throws(StoreKeyError) {
        for (what, name) in [("project", project), ("session", session)] {
            guard Self.isName(name) else { throw StoreKeyError(what: what, value: name) }
        }
        if let subpath {
            let parts = subpath.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...Self.depth).contains(parts.count), parts.allSatisfy({ Self.isName(String($0)) }) else {
                throw StoreKeyError(what: "subpath", value: subpath)
            }
        }
        self.project = project
        self.session = session
        self.subpath = subpath
    }

    /// Names in a subpath at most.
    static let depth = 8

    /// From the folder of the session's transcript on, as the client lays it out.
    package var name: String { (subpath.map { "\(session)/\($0)" } ?? session) + ClaudeCode.suffix }

    /// As all else knows the session; nil for one that only its program knows: names that are none of the client's may be the
    /// same in two projects.
    package var id: SessionID? { SessionID(rawValue: session).flatMap { $0.isUUID ? $0 : nil } }

    private static func isName(_ text: String) -> Bool {
        // With a suffix it must fit in what a file system takes.
        (1...200).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// A key that cannot be one.
package struct StoreKeyError: Error, Equatable, CustomStringConvertible {
    let what: String
    let value: String

    package var description: String {
        "\"\(VisibleText.line(value))\" is no \(what): letters, digits, '-', '_' and '.', none of them in front a '.', at most 200"
    }
}
