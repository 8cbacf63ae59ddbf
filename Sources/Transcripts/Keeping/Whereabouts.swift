internal import Platform

/// What the last entries of a transcript say of where they were made; empty where they do not.
package struct TranscriptTail: Sendable, Equatable {
    package var cwd = ""
    package var branch = ""

    package init(cwd: String = "", branch: String = "") {
        self.cwd = cwd
        self.branch = branch
    }
}

extension TranscriptSource {
    package func tail(of path: String) -> TranscriptTail { TranscriptTail() }

    /// The folder that a session was in, and what git says there. Where it is gone, as a worktree is that was removed, its
    /// last entries tell; no entry names a commit.
    /// - Parameter path: of the transcript.
    package func whereabouts(of path: String) -> Intake.Part.Place {
        let began = head(of: path).cwd
        guard began.isEmpty || !Files.isFolder(began) else { return Intake.Part.Place(lookingAt: began) }
        let tail = tail(of: path)
        guard tail.cwd.isEmpty || !Files.isFolder(tail.cwd) else { return Intake.Part.Place(lookingAt: tail.cwd) }
        return Intake.Part.Place(cwd: tail.cwd.isEmpty ? began : tail.cwd, branch: tail.branch, commit: "")
    }
}

extension Intake.Part.Place {
    fileprivate init(lookingAt folder: String) {
        let copy = WorkingCopy(of: folder)
        self.init(cwd: folder, branch: copy?.branch ?? "", commit: copy?.commit ?? "")
    }
}
