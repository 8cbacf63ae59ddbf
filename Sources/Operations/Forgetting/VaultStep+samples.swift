internal import Archive
internal import Domain
internal import Transcripts
internal import Vault

extension VaultStep {
    /// Pieces of what a kept transcript says, from all over: of thoughts and of what tools brought nothing else may know.
    static func samples(of session: KeptSession, in vault: Vault) -> [String] {
        guard let segments = session.transcript?.segments, !segments.isEmpty else { return [] }
        var samples: [String] = []
        for index in stride(from: 0, to: segments.count, by: max(1, segments.count / 8)) {
            // What cannot be read goes whole, and nobody knows what it said.
            guard let content = try? vault.content(of: segments[index]) else { continue }
            let lines = content.split(separator: 10)
            for line in stride(from: 0, to: lines.count, by: max(1, lines.count / 8)).map({ lines[$0] }) {
                guard samples.count < TextSample.limit else { return samples }
                if let sample = words(ofLine: line).flatMap(TextSample.of) { samples.append(sample) }
            }
        }
        return samples
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
