package import Domain
internal import Platform
package import Settings
package import Transcripts
package import Vault

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
        /// Of the transcript, where it lies now.
        package var path: String
        package var receipt: PlacementReceipt
        package var files: Int
        package var bytes: Int64
        /// Where it was made, and what git said there then; empty where that is not known.
        package var cwd = ""
        package var branch = ""
        package var commit = ""
        /// Sidecars that could not be read, and why.
        package var left: [String: String] = [:]

        /// What was done, and what a person should know of it; one sentence without its point.
        package func sentence(for folder: String) -> String {
            var text = "session \(session) was put back from the vault (\(files) \(files == 1 ? "file" : "files"))"
            if !cwd.isEmpty, cwd != folder {
                let copy =
                    branch.isEmpty && commit.isEmpty
                    ? ""
                    : " on \(branch.isEmpty ? "commit" : branch)\(commit.isEmpty ? "" : " at \(commit.prefix(12))")"
                text +=
                    "; it was made in \(cwd)\(copy)\(Files.isFolder(cwd) ? "" : ", which is gone"), and goes on in \(folder)"
            }
            if !left.isEmpty { text += "; \(left.count) of what lay beside it could not be read" }
            return text
        }
    }

    /// Whether a session can be put back, as far as the index tells. Nil also where the vault cannot be read now.
    package func kept(_ session: SessionID) -> KeptSession? {
        guard let vault = try? Vault.openIfThere(settings), let kept = try? vault.session(session),
            let transcript = kept.transcript, transcript.holes.isEmpty
        else { return nil }
        return kept
    }

    /// - Parameters:
    ///   - configDirectory: the client's.
    ///   - folder: in which the client will be started.
    /// - Returns: nil where the session is there already.
    package func restore(
        _ session: SessionID, to configDirectory: String, for folder: String
    ) throws(RestoreError) -> Restored? {
        guard let (vault, found) = try find(session), let transcript = found.transcript else { throw .notKept(session) }
        guard transcript.holes.isEmpty else {
            throw .notWhole(
                session, reason: "the vault lacks parts of its transcript; 'holdfast vault show' names them")
        }
        let source = sources.source(of: configDirectory)
        guard let placement = SessionPlacement(of: session, for: folder, in: configDirectory, by: source) else {
            throw .notWhole(session, reason: "\(folder) is no folder that a client can be started in")
        }
        var left: [String: String] = [:]
        let whole = found.files.filter { file in
            guard file.name != transcript.name else { return true }
            let fault = fault(of: file, in: vault)
            left[file.name] = fault
            return fault == nil
        }
        let outcome: PlacementOutcome
        do throws(PlacementError) {
            outcome = try placement.place(whole.map { Self.file($0, from: vault) })
        } catch {
            throw .placement(error)
        }
        guard case .placed(let receipt) = outcome else { return nil }
        guard source.hasMessages(receipt.path, from: 0) else {
            _ = SessionPlacement.withdraw(receipt, by: source)
            throw .notWhole(session, reason: "no client finds a conversation in what is kept of it")
        }
        var restored = Restored(
            session: session, path: receipt.path, receipt: receipt, files: receipt.files.count,
            bytes: receipt.files.reduce(0) { $0 + $1.size })
        let generation = transcript.generation
        (restored.cwd, restored.branch, restored.commit) = (generation.cwd, generation.branch, generation.commit)
        restored.left = left
        return restored
    }

    /// Takes a copy away again that the client would not resume.
    package func withdraw(_ restored: Restored) {
        _ = SessionPlacement.withdraw(restored.receipt, by: sources.source(of: restored.receipt.configDirectory))
    }

    private func find(_ session: SessionID) throws(RestoreError) -> (Vault, KeptSession)? {
        do throws(VaultError) {
            guard let vault = try Vault.openIfThere(settings), let found = try vault.session(session) else {
                return nil
            }
            return (vault, found)
        } catch {
            throw .vault(error)
        }
    }

    /// Why a file cannot be put back: what lies beside a transcript is not worth the transcript.
    private func fault(of file: KeptFile, in vault: Vault) -> String? {
        guard file.holes.isEmpty else { return "the vault lacks parts of it" }
        do throws(VaultError) {
            for segment in file.segments { _ = try vault.content(of: segment) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func file(_ file: KeptFile, from vault: Vault) -> SessionPlacement.File {
        var segments = file.segments[...]
        return SessionPlacement.File(name: file.name) {
            guard let next = segments.popFirst() else { return nil }
            return try vault.content(of: next)
        }
    }
}
