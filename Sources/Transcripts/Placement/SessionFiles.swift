/// What is kept on disk of one session: its transcript, and what lies in the folder of its name (*sidecars*).
package struct SessionFiles: Sendable, Equatable {
    /// Which all names are relative to: the one that the transcript lies in.
    package var folder: String
    /// The transcript first, if it is there.
    package var files: [SessionFile] = []
    /// What was passed over: links, what is another user's or cannot be read, and what is too deep or too much.
    package var passedOver: [UnreachablePlace] = []

    package init(folder: String) { self.folder = folder }
}

package struct SessionFile: Sendable, Equatable {
    /// `<session>.jsonl`, `<session>/subagents/agent-x.jsonl`.
    package var name: String
    /// Bytes.
    package var size: Int64
    package var modifiedMilliseconds: Int64

    package init(name: String, size: Int64, modifiedMilliseconds: Int64) {
        self.name = name
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
    }
}
