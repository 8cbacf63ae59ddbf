internal import Domain
internal import Platform
internal import Redaction
internal import Settings
internal import Storage
internal import Transcripts

/// Notes, whether they wait, are being replayed, cannot be read or are half written.
struct SpoolStep: ForgettingStep {
    let settings: Settings

    let place = "the spool"

    /// What becomes of a note.
    private enum Fate {
        case stays
        case goes
        /// Without the answer that it holds.
        case loses(answer: String, Note)
    }

    func find(_ search: ForgetSearch) -> ForgetFinding {
        var finding = ForgetFinding()
        forEachNote { _, text in
            switch fate(text, search) {
            case .stays: return
            case .goes: break
            case .loses(let answer, let note):
                // A capturer may have the words in its hand; so neither takes them in.
                for said in [answer, settings.configuration.redactor.cleaned(answer)] {
                    let identity = EpisodeEntry.identity(uuid: "", hash: Checksum.fnv1a(said).hexadecimal)
                    finding.know(identity, at: "", of: note.news.sessionID)
                }
            }
            finding.count("notes")
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        try forEachNote { path, text throws(FileError) in
            switch fate(text, search) {
            case .stays: break
            case .goes: Files.remove(path)
            case .loses(_, var note):
                note.capture?.answer = nil
                try Files.write(note.text, to: path)
            }
        }
    }

    private func fate(_ text: String, _ search: ForgetSearch) -> Fate {
        let note = Note(text: text)
        if let note, search.sessions.contains(note.news.sessionID) { return .goes }
        if note == nil, search.sessions.contains(where: { ByteSearch.contains(text, "\"\($0)\"") }) { return .goes }
        guard let sought = search.wish.text, sought.occurs(in: text) else { return .stays }
        guard var rest = note, let answer = rest.capture?.answer, sought.occurs(in: answer) else { return .goes }
        rest.capture?.answer = nil
        return note.map { sought.occurs(in: rest.text) ? .goes : .loses(answer: answer, $0) } ?? .goes
    }

    private func forEachNote(_ body: (String, String) throws(FileError) -> Void) rethrows {
        let spool = Spool(folder: settings.state.spool)
        for folder in [spool, spool.waiting, spool.history].map(\.folder) {
            for name in ((try? Files.names(in: folder)) ?? []).sorted() where Files.isRegularFile("\(folder)/\(name)") {
                // One that is gone or cannot be read is met by the search of all files.
                guard let text = try? Files.read("\(folder)/\(name)", limit: 1 << 28) else { continue }
                try body("\(folder)/\(name)", text)
            }
        }
    }
}
