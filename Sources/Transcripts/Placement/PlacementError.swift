package import Domain
package import Platform

/// Why a session was not put back. What had been made of it is gone again.
package enum PlacementError: Error, Equatable, CustomStringConvertible {
    /// A name that no file of this session can have: one that leads elsewhere, or is another session's.
    case refusedName(String, of: SessionID, reason: String)
    case noTranscript(of: SessionID)
    case tooMany(Int, limit: Int)
    /// No client can be started there.
    case nowhere(folder: String)
    /// Something lies there that is not put aside.
    case inTheWay(path: String, what: String)
    /// Whether the session is there already cannot be found out.
    case unknown(reason: String)
    /// Another process is putting it back at this moment.
    case busy(SessionID)
    /// What was to be written could not be had.
    case unreadable(name: String, reason: String)
    case failed(FileError)

    package var description: String {
        switch self {
        case .refusedName(let name, let session, let reason):
            """
            '\(VisibleText.line(name))' cannot be a file of session \(session) (\(reason)); nothing was put back: take it \
            out of what is restored
            """
        case .noTranscript(let session):
            "the transcript \(session).jsonl is not among what is to be put back; without it nothing resumes"
        case .tooMany(let count, let limit):
            "the session has \(count) files, more than the \(limit) that are put back; leave some of its sidecars out"
        case .nowhere(let folder):
            "no client can be started in '\(VisibleText.line(folder))'; go to a folder that is there, and restore again"
        case .inTheWay(let path, let what): "\(path) is \(what); move it away and restore again"
        case .unknown(let reason):
            "whether the session is there already cannot be found out (\(reason)); mend that and restore again"
        case .busy(let session): "session \(session) is being put back by another process; try again in a moment"
        case .unreadable(let name, let reason): "\(name) could not be read from where it is kept (\(reason))"
        case .failed(let error) where error.isOfFullDisk: "\(error); make room and restore again"
        case .failed(let error): "\(error); see that the folder is there and that you may write to it"
        }
    }
}
