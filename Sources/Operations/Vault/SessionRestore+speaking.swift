internal import Domain
internal import Platform
internal import Settings
internal import Transcripts

extension SessionRestore {
    /// Makes a session's transcript of words alone, where nothing else of it is kept, and puts it where its client finds it.
    /// - Returns: nil where the session is there already.
    func speak(
        _ session: SessionID, _ words: [SpokenTranscript.Message], to configDirectory: String, for folder: String
    ) throws(RestoreError) -> Restored? {
        let source = TranscriptSources.standard.source(of: configDirectory)
        guard let placement = SessionPlacement(of: session, for: folder, in: configDirectory, by: source) else {
            throw .placement(.nowhere(folder: folder))
        }
        let frame = EntryFrame(session: session, cwd: folder, version: "", gitBranch: "")
        let lines = SpokenTranscript(words, in: frame).lines
        guard !lines.isEmpty else { throw .notWhole(session, reason: "nothing that was said in it is kept") }
        var rest: [UInt8]? = Array((lines.joined(separator: "\n") + "\n").utf8)
        let file = SessionPlacement.File(name: "\(session).jsonl") {
            defer { rest = nil }
            return rest
        }
        let receipt: PlacementReceipt
        do throws(PlacementError) {
            guard case .placed(let placed) = try placement.place([file]) else { return nil }
            receipt = placed
        } catch {
            throw .placement(error)
        }
        guard source.hasMessages(receipt.path, from: 0) else {
            _ = SessionPlacement.withdraw(receipt, by: source)
            throw .notWhole(session, reason: "no client finds a conversation in what was said")
        }
        try forgetPositions(of: session, receipt, source)
        return Restored(
            session: session, outcome: .spoken, path: receipt.path, receipt: receipt, files: 1,
            bytes: receipt.files.reduce(0) { $0 + $1.size })
    }
}
