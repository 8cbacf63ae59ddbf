internal import Domain
internal import Transcripts
internal import Vault

/// One file that is kept, as it can be put back.
struct KeptTranscript {
    private let file: KeptFile
    private let vault: Vault

    init(_ file: KeptFile, _ vault: Vault) {
        self.file = file
        self.vault = vault
    }

    /// Byte for byte. It ends with an error where a segment is damaged.
    var whole: SessionPlacement.File {
        let vault = vault
        var segments = file.segments[...]
        return SessionPlacement.File(name: file.name) {
            guard let next = segments.popFirst() else { return nil }
            return try vault.content(of: next)
        }
    }

    /// What keeps it from being read now, and is no damage: a key that is not at hand, a disk that does not answer.
    var obstacle: VaultError? {
        for segment in file.segments {
            do throws(VaultError) {
                _ = try vault.content(of: segment)
            } catch {
                if case .damaged = error { continue }
                return error
            }
        }
        return nil
    }

    /// What a client needs of what is left of a transcript.
    /// - Returns: nil where nobody says anything in that.
    func reduced(_ session: SessionID) -> SessionPlacement.File? {
        var reduction = TranscriptReduction(of: session)
        var lines = TranscriptLines()
        for part in parts {
            add(part, to: &lines) { reduction.look(at: $0) }
        }
        lines.finish { reduction.look(at: $0) }
        var reduced = reduction.decided()
        guard reduced.verdict.holdsConversation else { return nil }
        var rest = parts[...]
        var again = TranscriptLines()
        var isAtEnd = false
        return SessionPlacement.File(name: file.name) {
            var bytes: [UInt8] = []
            while bytes.isEmpty, !isAtEnd {
                if let part = rest.popFirst() {
                    add(part, to: &again) { bytes += reduced.write($0) }
                } else {
                    again.finish { bytes += reduced.write($0) }
                    isAtEnd = true
                }
            }
            return bytes.isEmpty ? nil : bytes
        }
    }

    private enum Part {
        case segment(Segment)
        /// Bytes are missing.
        case gap
    }

    /// What can be read, and where something is missing between.
    private var parts: [Part] {
        var parts: [Part] = [], position: Int64 = 0
        for segment in file.segments {
            if segment.range.lowerBound > position { parts.append(.gap) }
            position = segment.range.upperBound
            parts.append(segment.isLost ? .gap : .segment(segment))
        }
        return parts
    }

    /// A segment that cannot be read is a gap.
    private func add(_ part: Part, to lines: inout TranscriptLines, _ take: ([UInt8]) -> Void) {
        guard case .segment(let segment) = part, let content = try? vault.content(of: segment) else {
            return lines.finish(take)
        }
        lines.add(content, take)
    }
}
