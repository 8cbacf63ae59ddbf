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
        let stored = SessionStore(settings.state).own
        // Those that are ours to remove are looked at by `StoreStep`.
        for file in transcripts.files where file.configDirectory != stored {
            let source = transcripts.sources.source(of: file)
            guard let session = file.session ?? SessionID(rawValue: source.head(of: file.path).sessionID) else {
                continue
            }
            guard search.wish.text != nil || search.sessions.contains(session) else { continue }
            if let text = search.wish.text, file.agentID == nil {
                findBeside(file, source, session, text, &finding)
            }
            let messages = source.messages(in: file.path, holding: search.wish.text)
            guard !messages.isEmpty else { continue }
            finding.transcripts.append(file.path)
            for message in messages {
                let isNamed = SessionID(rawValue: message.uuid) != nil
                guard isNamed || search.wish.text != nil else { continue }
                finding.know(isNamed ? message.uuid : Exclusions.nameless, at: message.at, of: session)
            }
        }
        return finding
    }

    /// Bytes of one file that are looked at as what they mean; of a larger one as they stand.
    private static let limit: Int64 = 64 << 20

    /// Results of tools, and what else lies beside a transcript: the vault would keep it.
    private func findBeside(
        _ file: TranscriptFile, _ source: any TranscriptSource, _ session: SessionID, _ text: SoughtText,
        _ finding: inout ForgetFinding
    ) {
        let own = source.sessionFiles(of: file.path)
        for other in own.files where !source.isTranscript(other.name) {
            let path = "\(own.folder)/\(other.name)"
            // What cannot be read now nobody could keep either; the vault looks at what it kept of it by itself.
            let isFound =
                other.size <= Self.limit
                ? (try? Files.bytes(path, limit: Int(Self.limit))).map(text.occurs) ?? false
                : (try? FileSearch(text.spellings).firstFound(in: path)) != nil
            guard isFound else { continue }
            finding.transcripts.append(path)
            finding.know(Exclusions.identity(ofFile: other.name), at: "", of: session)
        }
    }

    func remove(_ search: ForgetSearch) {}
}
