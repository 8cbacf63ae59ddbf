/// What kept git from doing what it was told.
enum GitTrouble: Error {
    /// Its own words.
    case said(GitMessage)
    /// It said that all is well, and what it printed is not what it prints.
    case unclear(String)
    case other(CopyError)

    init(_ failure: GitProcess.Failure) {
        switch failure {
        case .notThere: self = .other(.gitMissing(reason: "there is no such program"))
        case .cannotStart(let reason): self = .other(.gitMissing(reason: GitMessage(reason).line))
        case .tooMuch: self = .unclear("output")
        case .tooLong(let deadline): self = .other(.cut(reason: "git took longer than \(deadline)"))
        case .cancelled: self = .other(.cut(reason: "it was cancelled"))
        }
    }

    var isOfLocalDamage: Bool { if case .said(let message) = self { message.isOfLocalDamage } else { false } }
    var isOfMissingBranch: Bool { if case .said(let message) = self { message.isOfMissingBranch } else { false } }
    var isUnclear: Bool { if case .unclear = self { true } else { false } }

    var error: CopyError {
        switch self {
        case .said(let message): message.error
        case .unclear(let what): .unavailable(reason: "git answers \(what) in a way that is not understood")
        case .other(let error): error
        }
    }
}
