import Domain
import Glibc
import Platform
import Redaction
import TestSupport

@testable import Capture

/// A transcript on disk, written by a test and read by a reader.
struct Said {
    let scratch: Scratch
    let path: String

    init(_ bytes: [UInt8] = []) throws {
        scratch = try Scratch()
        path = scratch.path + "/t.jsonl"
        try append(bytes)
    }

    init(_ lines: [String]) throws { try self.init(Array((lines.joined(separator: "\n") + "\n").utf8)) }

    func append(_ bytes: some Collection<UInt8>) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        try Files.write(ArraySlice(bytes), to: descriptor, named: path)
    }

    /// Bytes.
    var size: Int64 { (try? Files.status(path).st_size).map(Int64.init) ?? 0 }

    struct Reading {
        var entries: [EpisodeEntry] = []
        var position: Int64 = 0
        var statistics = TranscriptStatistics()
        var isOwnWork = false

        var texts: [String] { entries.map(\.text) }
        /// What tells entries apart, whatever pieces they were read in.
        var marks: [String] { entries.map { "\($0.uuid) \($0.hash) \($0.role) \($0.text)" } }
    }

    func read(from offset: Int64 = 0, policy: FilterPolicy = FilterPolicy()) throws -> Reading {
        let descriptor = unsafe open(path, O_RDONLY)
        defer { close(descriptor) }
        var reader = TranscriptReader(
            descriptor, named: path, from: offset, policy: policy, redactor: Redactor(), countsSeen: true)
        var reading = Reading()
        while let entry = reader.next() { reading.entries += entry.entries }
        reading.position = reader.position
        reading.statistics = reader.statistics
        reading.isOwnWork = reader.ownWork != nil
        return reading
    }

    // MARK: - Lines as the client writes them

    static func user(_ text: String, _ more: String = "", uuid: String = "u") -> String {
        #"{"parentUuid":null,"type":"user","uuid":"\#(uuid)","message":{"role":"user","content":\#(quoted(text))}\#(more)}"#
    }

    static func agent(_ text: String, _ more: String = "", uuid: String = "a") -> String {
        block(#"{"type":"text","text":\#(quoted(text))}"#, more, uuid: uuid)
    }

    static func call(_ name: String, _ input: String, id: String = "t", uuid: String = "c") -> String {
        block(#"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":\#(input)}"#, uuid: uuid)
    }

    static func result(_ text: String, id: String = "t", isError: Bool = false, uuid: String = "r") -> String {
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

/// Transcripts of public repositories beside the checkout; tests that read them are skipped where they are absent.
enum Corpus {
    static let folder = Built.root + "/../shared/corpus/transcripts"
    static var isThere: Bool { Files.exists(folder) }

    static let files: [String] = {
        var found: [String] = []
        collect(folder, &found)
        return found.sorted()
    }()

    private static func collect(_ folder: String, _ found: inout [String]) {
        for name in (try? Files.names(in: folder)) ?? [] {
            let path = folder + "/" + name
            if name.hasSuffix(".jsonl") { found.append(path) } else { collect(path, &found) }
        }
    }
}
