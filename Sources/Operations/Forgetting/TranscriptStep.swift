internal import Domain
internal import Platform
internal import Settings
internal import Transcripts

/// The client's own transcripts: they stay as they are, and say what is not to be captured any more.
struct TranscriptStep: ForgettingStep {
    let settings: Settings

    let place = "the client's transcripts"

    func find(_ search: ForgetSearch) -> ForgetFinding {
        var finding = ForgetFinding()
        let transcripts = HostTranscripts(settings: settings)
        for file in transcripts.files {
            let source = transcripts.sources.source(of: file)
            guard let session = file.session ?? SessionID(rawValue: source.head(of: file.path).sessionID) else {
                continue
            }
            guard search.wish.text != nil || search.sessions.contains(session) else { continue }
            let messages = source.messages(in: file.path, holding: search.wish.text)
            guard !messages.isEmpty else { continue }
            finding.transcripts.append(file.path)
            for message in messages where SessionID(rawValue: message.uuid) != nil {
                finding.know(message.uuid, at: message.at, of: session)
            }
        }
        return finding
    }

    func remove(_ search: ForgetSearch) {}
}
