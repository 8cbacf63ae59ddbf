package import Domain
package import Platform

/// The folder of notes: what Redis has not said yes to.
///
///     spool/            not told the registry yet
///     spool/waiting/    told; the transcript is not captured yet: the queue was full, or the answer was not in the file
///     spool/history/    transcripts of before, captured when nothing live waits
///
///     <wall ms>-<pid>-<session>-<kind>.note            written
///     ….note.<pid>-<start ticks>.claim                 being replayed by that process
///     ….note.corrupt                                   unreadable, kept for a person to see
///
/// Who replays a note claims it by rename; the claim of a process that has died is free to others.
package struct Spool: Sendable {
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// One note in the hands of this process.
    package struct Claim: Sendable {
        package let note: Note
        let path: String
        let original: String

        package var news: SessionNews { note.news }

        /// Redis said yes to all of it.
        package func finish() { Files.remove(path) }
        /// Redis did not: the note lies where it lay.
        package func giveBack() { _ = Files.rename(path, to: original) }

        /// Writes the note anew with the answer as it may be kept, where it has another: the hook had no time for that.
        /// - Returns: the claim on the note as it is now; as it was where the disk is in trouble.
        package func cleaned(by clean: (String) -> String) -> Claim {
            guard let answer = note.capture?.answer else { return self }
            let kept = clean(answer)
            guard kept != answer else { return self }
            var note = note
            // Of one that was private as a whole nothing is left to wait for.
            note.capture?.answer = kept.utf8.contains { $0 > 32 } ? kept : nil
            do throws(FileError) {
                try Files.write(note.text, to: path)
            } catch {
                return self
            }
            return Claim(note: note, path: path, original: original)
        }

        /// Redis said yes to the news; what is to be captured waits.
        /// - Returns: the claim on the note where it lies now; nil when it could not be moved and was given back.
        package func wait(in spool: Spool) -> Claim? {
            let waiting = spool.waiting.folder
            // Made here and not with the state folder: most spools never need it.
            try? Files.makeFolder(waiting)
            let name = String(path[(path.lastIndex(of: "/") ?? path.startIndex)...])
            // It may lie for long, and words of a hook be nowhere else. No hook waits for this.
            if note.capture?.answer != nil { Files.sync(path) }
            guard Files.rename(path, to: waiting + name) else {
                giveBack()
                return nil
            }
            let own = String(original[(original.lastIndex(of: "/") ?? original.startIndex)...])
            return Claim(note: note, path: waiting + name, original: waiting + own)
        }
    }

    package var waiting: Spool { Spool(folder: folder + "/waiting") }
    package var history: Spool { Spool(folder: folder + "/history") }

    @discardableResult
    package func write(
        _ news: SessionNews, capture: CaptureRequest? = nil, pid: Int32
    ) throws(FileError) -> String {
        let wall = String(news.moment.wallMilliseconds, digits: 13)
        return try write(
            Note(news: news, capture: capture), named: "\(wall)-\(pid)-\(news.sessionID)-\(news.kind.rawValue)")
    }

    /// - Parameter name: without `.note`; notes are replayed in the order of their names.
    @discardableResult
    package func write(_ note: Note, named name: String) throws(FileError) -> String {
        let path = "\(folder)/\(name).note"
        try Files.write(note.text, to: path)
        return path
    }

    /// The notes, oldest first, claimed ones too.
    package func names() -> [String] {
        ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".note") || $0.hasSuffix(".claim") }.sorted()
    }

    /// What notes here say, the oldest first; at most so many.
    package func notes(limit: Int) -> [Note] {
        // One that cannot be read now is seen the next time.
        names().prefix(limit).compactMap(note)
    }

    package func note(_ name: String) -> Note? {
        (try? Files.read("\(folder)/\(name)", limit: 64 << 20)).flatMap { Note(text: $0) }
    }

    /// Notes here, waiting, and of history.
    package var count: Int { [self, waiting, history].reduce(0) { $0 + $1.names().count } }
    package var corruptCount: Int { [self, waiting, history].reduce(0) { $0 + $1.corruptNames.count } }

    package var corruptNames: [String] { ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".corrupt") } }

    /// Whether a start of this session by this process is still unknown to Redis.
    package func hasPendingStart(of session: SessionID) -> Bool {
        names().contains { ByteSearch.contains($0, "-\(session)-\(SessionNews.Kind.started.rawValue).note") }
    }

    /// Sees to notes whose writer was killed before it gave them their name: a whole one gets it, half a one goes.
    package func recover() {
        for name in (try? Files.names(in: folder)) ?? [] {
            guard let draft = Files.draft(name), draft.name.hasSuffix(".note"),
                ProcessTable.entry(draft.writer) == nil,
                let text = try? Files.read("\(folder)/\(name)", limit: 64 << 20)
            else { continue }
            let note = "\(folder)/" + draft.name
            // One that cannot be renamed now is tried again.
            if Note(text: text) == nil {
                Files.remove("\(folder)/\(name)")
            } else {
                _ = Files.rename("\(folder)/\(name)", to: note)
            }
        }
    }

    /// Takes a note for itself, if it is free and readable. One that is not readable is put aside.
    package func claim(_ name: String, for process: ClientProcess) -> Claim? {
        var original = name
        if name.hasSuffix(".claim") {
            let parts = name.dropLast(".claim".count).split(separator: ".")
            guard parts.count == 3, let owner = Self.owner(parts[2]), !ProcessTable.isAlive(owner) else { return nil }
            original = "\(parts[0]).note"
        }
        let claimed = "\(folder)/\(original).\(process.pid)-\(process.startTicks).claim"
        guard Files.rename("\(folder)/\(name)", to: claimed) else { return nil }
        let text: String
        do throws(FileError) {
            text = try Files.read(claimed, limit: 64 << 20)
        } catch {
            // A disk in trouble is no damaged note.
            _ = Files.rename(claimed, to: "\(folder)/\(original)")
            return nil
        }
        guard let note = Note(text: text) else {
            _ = Files.rename(claimed, to: "\(folder)/\(original).corrupt")
            return nil
        }
        return Claim(note: note, path: claimed, original: "\(folder)/\(original)")
    }

    private static func owner(_ text: Substring) -> ClientProcess? {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let pid = Int32(parts[0]), let start = UInt64(parts[1]) else { return nil }
        return ClientProcess(pid: pid, startTicks: start)
    }
}
