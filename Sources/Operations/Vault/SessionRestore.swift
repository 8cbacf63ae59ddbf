internal import Archive
package import Domain
internal import Platform
package import Settings
package import Transcripts
internal import Vault

/// Puts sessions back from the vault, so that their client resumes them.
package struct SessionRestore {
    private let settings: Settings
    private let sources: TranscriptSources

    package init(settings: Settings, sources: TranscriptSources = .standard) {
        self.settings = settings
        self.sources = sources
    }

    /// What was put back.
    package struct Restored: Sendable {
        package var session: SessionID
        package var outcome: RestoreOutcome
        /// Of the transcript, where it lies now.
        package var path: String
        package var receipt: PlacementReceipt
        package var files: Int
        package var bytes: Int64
        /// Where it was made, and what git said there then; empty where that is not known.
        package var cwd = ""
        package var branch = ""
        package var commit = ""
        /// Its file was written over later with what no client goes on with.
        package var isEarlier = false
        /// Sidecars that could not be read, and why.
        package var left: [String: String] = [:]

        /// What was done, and what a person should know of it; one sentence without its point.
        package func sentence(for folder: String) -> String {
            var text = "session \(session) was put back from the vault (\(counted(files, "file")))"
            if !cwd.isEmpty, cwd != folder {
                let copy =
                    branch.isEmpty && commit.isEmpty
                    ? ""
                    : " on \(branch.isEmpty ? "commit" : branch)\(commit.isEmpty ? "" : " at \(commit.prefix(12))")"
                text +=
                    "; it was made in \(cwd)\(copy)\(Files.isFolder(cwd) ? "" : ", which is gone"), and goes on in \(folder)"
            }
            switch outcome {
            case .whole, .failed: break
            case .reduced: text += "; parts of it are lost, and it goes on with what is left"
            case .spoken:
                text +=
                    "; its transcript is damaged, and it goes on with what was said, without tools and their results"
            }
            if isEarlier { text += "; its file was written over later, and it goes on from what stood there before" }
            if !left.isEmpty { text += "; \(left.count) of what lay beside it could not be put back" }
            return text
        }
    }

    /// What of a session can be put back.
    package enum Holding: Sendable, Equatable {
        case nothing
        /// What the archive has of it: of what the client wrote the vault has nothing that can be read.
        case words
        /// Its transcript, or what is left of that.
        case content
        /// Nobody can say now, and why.
        case unknown(reason: String)
    }

    /// What can be put back of a session, as far as the index tells. Where the vault or the archive cannot be read now no
    /// key loses its session by that: whoever tries says why.
    package func holding(_ session: SessionID) -> Holding {
        do throws(RestoreError) {
            guard let (vault, found) = try find(session), let transcript = found.transcript else { return .nothing }
            let states = try states(of: session, transcript, vault)
            if states.contains(where: { $0.segments.contains { $0.kept > 0 && $0.damage.isEmpty } }) { return .content }
            return try words(of: session).isEmpty ? .nothing : .words
        } catch {
            return .unknown(reason: "\(error)")
        }
    }

    /// Entries; a model has no room for more.
    private static let mostWords = 2000

    /// What the archive has of a session, as far as it is not blank.
    package func words(of session: SessionID) throws(RestoreError) -> [SpokenTranscript.Message] {
        let entries: [EpisodeEntry]
        do {
            let archive = try ArchiveStores.at(settings.archivePath(host: settings.state.host())).openToRead()
            entries = try archive?.entries(ofSession: session.rawValue, limit: Self.mostWords) ?? []
        } catch {
            throw .archive(reason: "\(error)")
        }
        return Self.words(in: entries)
    }

    /// What people and the agent said, as far as it is not blank.
    static func words(in entries: [EpisodeEntry]) -> [SpokenTranscript.Message] {
        entries.compactMap { entry in
            guard entry.text.contains(where: { !$0.isWhitespace }) else { return nil }
            return switch entry.role {
            case .user: SpokenTranscript.Message(role: .user, at: entry.at, text: entry.text, uuid: entry.uuid)
            case .assistant:
                SpokenTranscript.Message(
                    role: .assistant, at: entry.at, text: entry.text, uuid: entry.uuid)
            default: nil
            }
        }
    }

    /// - Parameters:
    ///   - configDirectory: the client's.
    ///   - folder: in which the client will be started.
    ///   - words: what the archive has of the session, asked only where no transcript can be made of what is kept.
    /// - Returns: nil where the session is there already.
    package func restore(
        _ session: SessionID, to configDirectory: String, for folder: String,
        words: () throws(RestoreError) -> [SpokenTranscript.Message]
    ) throws(RestoreError) -> Restored? {
        guard let (vault, found) = try find(session), let transcript = found.transcript else { throw .notKept(session) }
        let source = sources.source(of: configDirectory)
        guard let placement = SessionPlacement(of: session, for: folder, in: configDirectory, by: source) else {
            throw .placement(.nowhere(folder: folder))
        }
        let (sidecars, left) = sidecars(of: found, transcript, vault)
        var reasons: [String] = []
        for attempt in Self.attempts(of: try states(of: session, transcript, vault)) {
            let state = attempt.state, kept = KeptTranscript(state, vault)
            // What cannot be opened now is not damaged: another version of it would stand in its place for good.
            if attempt.outcome != .whole, let obstacle = kept.obstacle { throw .vault(obstacle) }
            let version =
                switch attempt.outcome {
                case .whole: kept.whole
                case .reduced: kept.reduced(session)
                case .spoken: Self.spoken(try words(), state, session, folder)
                case .failed: Optional<SessionPlacement.File>.none
                }
            guard let file = version else {
                reasons.append(
                    attempt.outcome == .spoken ? "the archive has no words of it" : "no conversation is left in it")
                continue
            }
            let receipt: PlacementReceipt
            do throws(PlacementError) {
                guard case .placed(let placed) = try placement.place([file] + sidecars.map(\.whole)) else { return nil }
                receipt = placed
            } catch {
                guard case .unreadable(_, let reason) = error else { throw .placement(error) }
                if let obstacle = kept.obstacle { throw .vault(obstacle) }
                reasons.append(reason)
                continue
            }
            guard source.hasMessages(receipt.path, from: 0) else {
                _ = SessionPlacement.withdraw(receipt, by: source)
                reasons.append("no client finds a conversation in it")
                continue
            }
            if attempt.outcome != .whole { try forgetPositions(of: session, receipt, source) }
            var restored = restored(session, receipt, state, attempt.outcome, left: left)
            restored.isEarlier = state != transcript
            return restored
        }
        let told = reasons.enumerated().filter { reasons.firstIndex(of: $1) == $0 }.map(\.element)
        throw .notWhole(
            session,
            reason: told.joined(separator: "; ") + " ('holdfast vault verify' names what is damaged)")
    }

    /// The states in which a transcript was kept, the one of last first; one that no client could have gone on with, as a file
    /// that was written over, hides none before it.
    private func states(
        of session: SessionID, _ latest: KeptFile, _ vault: Vault
    ) throws(RestoreError) -> [KeptFile] {
        do throws(VaultError) {
            return [latest] + (try vault.states(of: session, latest.name).filter { $0 != latest })
        } catch {
            throw .vault(error)
        }
    }

    private typealias Attempt = (state: KeptFile, outcome: RestoreOutcome)

    /// What is tried one after the other: each state as it was, or what a client needs of it; at last what the archive has.
    private static func attempts(of states: [KeptFile]) -> [Attempt] {
        let tried = states.flatMap { state -> [Attempt] in
            // What was told to be left out leaves gaps in the chain of a transcript.
            let isWhole = state.holes.isEmpty && !state.cuts.contains { $0.kept == 0 }
            return isWhole ? [(state, .whole), (state, .reduced)] : [(state, .reduced)]
        }
        return tried + states.prefix(1).map { ($0, .spoken) }
    }

    /// Where recording was off is known by positions, and they are not those of what was put back.
    func forgetPositions(
        of session: SessionID, _ receipt: PlacementReceipt, _ source: any TranscriptSource
    ) throws(RestoreError) {
        do throws(FileError) {
            let size = receipt.files.first?.size ?? 0
            try RecordingGaps(state: settings.state, session: session).beginAnew(
                at: size, now: HostClock.wallMilliseconds)
        } catch {
            _ = SessionPlacement.withdraw(receipt, by: source)
            throw .placement(.failed(error))
        }
    }

    private func restored(
        _ session: SessionID, _ receipt: PlacementReceipt, _ transcript: KeptFile, _ outcome: RestoreOutcome,
        left: [String: String]
    ) -> Restored {
        var restored = Restored(
            session: session, outcome: outcome, path: receipt.path, receipt: receipt, files: receipt.files.count,
            bytes: receipt.files.reduce(0) { $0 + $1.size })
        let place = transcript.generation
        (restored.cwd, restored.branch, restored.commit) = (place.cwd, place.branch, place.commit)
        restored.left = left
        return restored
    }

    /// Takes a copy away again that the client would not resume.
    package func withdraw(_ restored: Restored) {
        _ = SessionPlacement.withdraw(restored.receipt, by: sources.source(of: restored.receipt.configDirectory))
    }

    private func find(_ session: SessionID) throws(RestoreError) -> (Vault, KeptSession)? {
        // Whatever a vault still has of it.
        if (try? Tombstones(settings.state).isWhole(session)) ?? false { return nil }
        do throws(VaultError) {
            guard let vault = try Vault.openIfThere(settings) else { return nil }
            // What capturers handed over, and nobody took in yet: a session may be gone before the companion looks.
            var failure: VaultError?
            do throws(VaultError) {
                try takeIn(session, vault)
            } catch {
                failure = error
            }
            if let found = try vault.session(session), found.transcript != nil { return (vault, found) }
            if let failure { throw failure }
            return nil
        } catch {
            throw .vault(error)
        }
    }

    private func takeIn(_ session: SessionID, _ vault: Vault) throws(VaultError) {
        let host: String
        do throws(FileError) {
            host = try settings.state.host()
        } catch {
            throw VaultError(error)
        }
        let keeper = SessionKeeper(vault: vault, state: settings.state, host: host, sources: sources)
        _ = try keeper.takeIn(of: session, isHurried: true, now: HostClock.wallMilliseconds)
    }

    /// What lies beside the transcript, as far as it is whole and has a name that can be given: that is not worth the
    /// transcript.
    private func sidecars(
        of session: KeptSession, _ transcript: KeptFile, _ vault: Vault
    ) -> (whole: [KeptTranscript], left: [String: String]) {
        var whole: [KeptTranscript] = []
        var left = SessionFileName.refused(
            session.files.map(\.name), of: session.id, transcript: transcript.name)
        for file in session.files where file.name != transcript.name && left[file.name] == nil {
            if let fault = fault(of: file, in: vault) {
                left[file.name] = fault
            } else {
                whole.append(KeptTranscript(file, vault))
            }
        }
        return (whole, left)
    }

    private func fault(of file: KeptFile, in vault: Vault) -> String? {
        guard file.holes.isEmpty else { return "the vault lacks parts of it" }
        do throws(VaultError) {
            for segment in file.segments { _ = try vault.content(of: segment) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func spoken(
        _ words: [SpokenTranscript.Message], _ transcript: KeptFile, _ session: SessionID, _ folder: String
    ) -> SessionPlacement.File? {
        let frame = EntryFrame(
            session: session, cwd: folder, version: "", gitBranch: transcript.generation.branch)
        let lines = SpokenTranscript(words, in: frame).lines
        guard !lines.isEmpty else { return nil }
        var rest: [UInt8]? = Array((lines.joined(separator: "\n") + "\n").utf8)
        return SessionPlacement.File(name: transcript.name) {
            defer { rest = nil }
            return rest
        }
    }
}
