internal import Domain
internal import Platform
internal import Settings
internal import Transcripts

/// Transcripts that programs keep with us.
struct StoreStep: ForgettingStep {
    let settings: Settings

    let place = "what programs store"

    private var mirror: SessionMirror { SessionMirror(settings.state, MirrorMemory()) }

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        for file in mirror.files {
            if goes(file, search) {
                finding.count("files")
            } else if file.isTranscript {
                let lines = try Files.bytes(file.path, limit: 1 << 30).split(separator: 10)
                for line in lines where isForgotten(line, search) {
                    finding.count("lines")
                    guard search.wish.text != nil, let session = SessionID(rawValue: file.session) else { continue }
                    let message = NamedMessage(line: Array(line))
                    if SessionID(rawValue: message.uuid) != nil {
                        finding.know(message.uuid, at: message.at, of: session)
                    }
                }
            }
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        for file in mirror.files {
            if goes(file, search) {
                try mirror.remove(file)
            } else if file.isTranscript {
                let lines = try Files.bytes(file.path, limit: 1 << 30).split(separator: 10)
                guard lines.contains(where: { isForgotten($0, search) }) else { continue }
                try mirror.remove(from: file) { isForgotten($0, search) }
            }
        }
    }

    /// Whether a file goes whole: all of a forgotten session, and what is no transcript and says what is forgotten.
    private func goes(_ file: SessionMirror.StoredFile, _ search: ForgetSearch) -> Bool {
        if let session = SessionID(rawValue: file.session), search.sessions.contains(session) { return true }
        guard !file.isTranscript, let text = search.wish.text else { return false }
        return (try? Files.bytes(file.path, limit: 1 << 30)).map(text.occurs) ?? false
    }

    /// What holds the text, or is a copy of a message that is forgotten.
    private func isForgotten(_ line: ArraySlice<UInt8>, _ search: ForgetSearch) -> Bool {
        if let text = search.wish.text { return text.occurs(in: Array(line)) }
        let messages = search.forgotten.messages
        return !messages.isEmpty && messages.contains(NamedMessage(line: Array(line)).uuid)
    }
}
