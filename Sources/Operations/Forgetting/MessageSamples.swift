internal import Archive
internal import Domain

/// Pieces of what transcripts say, from all over, by which it is known again: of thoughts and of what tools brought nothing
/// but the transcript may know.
enum MessageSamples {
    /// - Parameter most: how many lines are looked at.
    static func of(_ lines: [ArraySlice<UInt8>], most: Int) -> [String] {
        stride(from: 0, to: lines.count, by: max(1, (lines.count + most - 1) / most)).compactMap {
            words(ofLine: lines[$0]).flatMap(TextSample.of)
        }
    }

    /// The longest text of a message; nil for a line that is none.
    private static func words(ofLine line: ArraySlice<UInt8>) -> String? {
        guard case .object(let members) = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)),
            let message = members["message"]
        else { return nil }
        // A name, a sum and a path are no words.
        return texts(of: message).filter { $0.contains(" ") }.max { $0.utf8.count < $1.utf8.count }
    }

    private static func texts(of value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.flatMap(texts)
        case .object(let members): members.flatMap { texts(of: $0.value) }
        default: []
        }
    }
}
