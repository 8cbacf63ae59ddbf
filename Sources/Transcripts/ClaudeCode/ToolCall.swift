internal import Domain

/// A tool call in a few words: its name and what it acted on.
struct ToolCall: Sendable, Equatable {
    /// As the tool is called; models have written broken ones, so nothing but letters, digits and `_-.` is kept.
    let name: String
    let target: String
    /// The whole command or target, for when the call fails.
    let command: String
    /// The same tool by its whole name; nil where that is none.
    let tool: ToolName?
    /// When it was called, ISO 8601.
    let at: String

    /// Names of the members that say what a call acts on, best first.
    private static let targets = [
        "file_path", "notebook_path", "command", "url", "query", "skill", "subject", "pattern", "path", "description",
        "title", "taskId", "task_id", "shell_id", "filename", "name", "id", "prompt",
    ]
    private static let paths: Set = ["file_path", "notebook_path", "path", "filename"]

    init(name: String, input: Range<Int>?, of text: JSONText, folder: String, at: String = "") {
        tool = ToolName(rawValue: name)
        self.at = at
        let onWindows = ProjectPath.isOfWindows(folder)
        let kept = name.utf8.prefix { Self.isNameByte($0) }.prefix(64)
        self.name = kept.isEmpty ? "tool" : String(decoding: kept, as: UTF8.self)
        var found: (rank: Int, member: String, value: Range<Int>)?
        if let input, text.isObject(input) {
            _ = text.members(of: input.lowerBound) { member, value in
                guard member.count < 16, text.isString(value) else { return }
                let member = text.raw(member)
                guard let rank = Self.targets.firstIndex(of: member), rank < found?.rank ?? .max else { return }
                found = (rank, member, value)
            }
        }
        let value = text.string(found?.value) ?? ""
        let isPath = Self.paths.contains(found?.member ?? "")
        command = isPath ? ProjectPath.normalised(value, onWindows: onWindows) : value
        target =
            isPath && !Self.changing.contains(self.name) ? ProjectPath.relative(command, to: folder) : command
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Tools that change a file: what they changed is never left out.
    static let changing: Set = ["Write", "Edit", "MultiEdit", "NotebookEdit"]
}
