internal import Domain
internal import Settings
internal import Storage
internal import Transcripts

/// The titles of memories that a fresh session is shown.
package struct RecalledTitles: Encodable, Sendable {
    package let titles: Int
    /// Of the whole text, as the client counts them: UTF-16 units.
    package let characters: Int
    /// As the model reads it.
    package let text: String

    /// - Returns: nil where there is nothing to be shown.
    init?(_ recall: Recall) {
        guard let text = recall.text else { return nil }
        titles = recall.titles
        characters = text.utf16.count
        self.text = text
    }
}

extension Workplace {
    /// What the next dispatch would show a fresh session.
    /// - Parameters:
    ///   - folder: in which its client would be started; nil where nobody knows.
    ///   - carried: what it carries over, which stands before it.
    /// - Returns: nil where it does not start fresh, or is to be shown nothing.
    func recall(
        _ key: DispatchKey, _ result: SessionLookup.Result, for folder: String?, behind carried: CarriedOver?
    ) -> RecalledTitles? {
        let limit = Int(settings.configuration.recallCharacters)
        guard limit > 0, result.startsFresh else { return nil }
        var recall = Recall(limit: limit, behind: carried?.text)
        let titles = RecallFolder(settings.state)
        titles.add(.key(key.rawValue), to: &recall)
        let client = TranscriptSources.standard.client
        if let transcript = folder.flatMap({ client.place(of: .added, for: $0, in: clientDirectory) }) {
            titles.add(.project(MemoryTitle.project(of: transcript, session: SessionID.added.rawValue)), to: &recall)
        }
        return RecalledTitles(recall)
    }
}

extension SessionLookup.Result {
    fileprivate var startsFresh: Bool {
        switch verdict {
        case .expired, .missing, .retired, .none: true
        case .elsewhere: isOtherConfigDirectory
        case .resumable, .restorable, .busy, .limited: false
        }
    }
}
