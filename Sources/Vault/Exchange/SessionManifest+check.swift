internal import Domain
internal import Transcripts

/// An archive may be anybody's: what its head says is held against what a vault writes before any of it is taken in.
extension SessionManifest {
    /// Of a path, and what else is one word of the head, bytes.
    private static let wordLimit = 4096
    /// Bytes of one file: beyond, sums of them would not fit.
    private static let sizeLimit: Int64 = 1 << 50

    /// Reads the head.
    /// - Throws: `newer` also where nothing else of it is understood.
    init(text: String) throws(VaultError) {
        struct Version: Codable { var format: Int }
        let head = try? JSONValue(parsing: text)
        if let version = try? head?.decode(Version.self).format, version > Self.format {
            throw .newer(version: version, known: Self.format)
        }
        guard let manifest = try? head?.decode(Self.self) else {
            throw .rejected(reason: "\(Self.name) in the archive is damaged")
        }
        self = manifest
    }

    /// - Returns: whose session it is, and which of its files beside the transcript cannot be taken in, and why: a vault may
    ///   hold what no client's folder can have beside the rest, and the rest is not lost by that.
    func check(
        _ sources: TranscriptSources = .standard
    ) throws(VaultError) -> (session: SessionID, left: [String: String]) {
        guard let session = SessionID(rawValue: session) else {
            throw .rejected(reason: "\(Self.name) in the archive names no session")
        }
        let names = files.map(\.name)
        let transcript = names.first { !$0.utf8.contains(UInt8(ascii: "/")) } ?? ""
        let suffix = transcript.hasPrefix(session.rawValue) ? transcript.dropFirst(session.rawValue.utf8.count) : ""
        guard suffix.hasPrefix("."), !suffix.dropFirst().contains("."),
            sources.all.contains(where: { $0.isTranscript(transcript) })
        else { throw .rejected(reason: "the archive holds no transcript of session \(session)") }
        guard names.count(where: { $0 == transcript }) == 1 else {
            throw .rejected(reason: "the archive holds two transcripts of session \(session)")
        }
        let left = SessionFileName.refused(names, of: session, transcript: transcript)
        for file in files {
            for word in [file.path, file.configDirectory, file.cwd, file.branch, file.commit, file.host] {
                // What is left out takes its place along.
                guard left[file.name] == nil else { break }
                guard word.utf8.count <= Self.wordLimit, !word.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
                    throw .rejected(reason: "what the archive says of the place of \(file.name) can be none")
                }
            }
            var end: Int64 = 0
            for segment in file.segments {
                guard segment.from >= end, segment.to > segment.from, segment.to <= Self.sizeLimit, segment.isSound
                else { throw .rejected(reason: "\(file.name) in the archive has a stretch that can be none") }
                end = segment.to
            }
        }
        return (session, left)
    }
}

extension SessionManifest.Segment {
    private static let cutLimit = 10_000, reasonLimit = 200

    /// Whether what is kept of it and what is not make up the whole.
    fileprivate var isSound: Bool {
        guard kept >= 0, kept <= Frame.contentLimit, tail.utf8.count <= 64, cuts.count <= Self.cutLimit else {
            return false
        }
        var position = from, excluded: Int64 = 0
        for cut in cuts {
            guard cut.from >= position, cut.to > cut.from, cut.to <= to, cut.kept >= 0, cut.kept <= Frame.contentLimit,
                cut.reason.utf8.count <= Self.reasonLimit, !cut.reason.utf8.contains(where: { $0 < 32 || $0 == 127 })
            else { return false }
            position = cut.to
            excluded += cut.to - cut.from - cut.kept
        }
        return to - from - excluded == Int64(kept)
    }
}
