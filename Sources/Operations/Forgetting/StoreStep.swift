internal import Domain
internal import Platform
internal import Settings
internal import Transcripts

/// Transcripts that programs store with us, and what their SDK keeps beside them.
struct StoreStep: ForgettingStep {
    let settings: Settings

    let place = "what programs store"

    private var store: SessionStore { SessionStore(settings.state) }

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        for file in store.files {
            if try goes(file, search) {
                finding.count("files")
                if search.wish.text == nil, file.isTranscript {
                    finding.samples += MessageSamples.of(try lines(of: file), most: 32)
                }
            } else if file.isTranscript {
                for line in try lines(of: file) where isForgotten(line, search) {
                    finding.count("lines")
                    if search.wish.text != nil { know(line, of: file, &finding) }
                }
            }
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        for file in store.files {
            if try goes(file, search) {
                try store.remove(file)
            } else if file.isTranscript, try lines(of: file).contains(where: { isForgotten($0, search) }) {
                try store.remove(from: file) { isForgotten($0, search) }
            }
        }
    }

    private func lines(of file: SessionStore.File) throws(FileError) -> [ArraySlice<UInt8>] {
        try Files.bytes(file.path, limit: .max).split(separator: 10)
    }

    /// The SDK may say it again.
    private func know(_ line: ArraySlice<UInt8>, of file: SessionStore.File, _ finding: inout ForgetFinding) {
        guard let session = SessionID(rawValue: file.session) else { return }
        let message = NamedMessage(line: Array(line))
        let isNamed = SessionID(rawValue: message.uuid) != nil
        finding.know(isNamed ? message.uuid : Exclusions.nameless, at: message.at, of: session)
    }

    /// Whether a file goes whole: all of a forgotten session, and what is no transcript and says what is forgotten.
    private func goes(_ file: SessionStore.File, _ search: ForgetSearch) throws(FileError) -> Bool {
        if let session = SessionID(rawValue: file.session), search.sessions.contains(session) { return true }
        guard !file.isTranscript, let text = search.wish.text else { return false }
        return text.occurs(in: try Files.bytes(file.path, limit: .max))
    }

    /// What holds the text, or is a copy of a message that is forgotten.
    private func isForgotten(_ line: ArraySlice<UInt8>, _ search: ForgetSearch) -> Bool {
        if let text = search.wish.text { return text.occurs(in: Array(line)) }
        let messages = search.forgotten.messages
        return !messages.isEmpty && messages.contains(NamedMessage(line: Array(line)).uuid)
    }
}
