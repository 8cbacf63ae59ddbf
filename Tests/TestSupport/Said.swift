internal import Glibc
internal import Platform

/// A transcript on disk, written by a test and read by a reader.
package struct Said {
    package let scratch: Scratch
    package let path: String

    package init(_ bytes: [UInt8] = []) throws {
        scratch = try Scratch()
        path = scratch.path + "/t.jsonl"
        try append(bytes)
    }

    package init(_ lines: [String]) throws { try self.init(Array((lines.joined(separator: "\n") + "\n").utf8)) }

    package func append(_ bytes: some Collection<UInt8>) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        try Files.write(ArraySlice(bytes), to: descriptor, named: path)
    }

    /// Bytes.
    package var size: Int64 { (try? Files.status(path).st_size).map(Int64.init) ?? 0 }

    // MARK: - Lines as the client writes them

    package static func user(_ text: String, _ more: String = "", uuid: String = "u") -> String {
        #"{"parentUuid":null,"type":"user","uuid":"\#(uuid)","message":{"role":"user","content":\#(quoted(text))}\#(more)}"#
    }

    package static func agent(_ text: String, _ more: String = "", uuid: String = "a") -> String {
        block(#"{"type":"text","text":\#(quoted(text))}"#, more, uuid: uuid)
    }

    package static func call(_ name: String, _ input: String, id: String = "t", uuid: String = "c") -> String {
        block(#"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":\#(input)}"#, uuid: uuid)
    }

    package static func result(_ text: String, id: String = "t", isError: Bool = false, uuid: String = "r") -> String {
        #"{"parentUuid":null,"type":"user","uuid":"\#(uuid)","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(id)","is_error":\#(isError),"content":\#(quoted(text))}]}}"#
    }

    private static func block(_ block: String, _ more: String = "", uuid: String) -> String {
        #"{"parentUuid":null,"type":"assistant","uuid":"\#(uuid)","message":{"id":"m","role":"assistant","content":[\#(block)]}\#(more)}"#
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
