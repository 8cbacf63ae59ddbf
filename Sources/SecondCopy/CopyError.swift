package import Platform

/// What keeps the second copy from doing what it was asked, by what the caller can do about it.
package enum CopyError: Error, Equatable {
    /// Nobody answers there: no network, no such host, a disk that is not mounted. Try again later.
    case unreachable(reason: String)
    /// Somebody answers and does not let us in. A person has to look at token, key or rights.
    case refused(reason: String)
    /// Others wrote meanwhile, each time anew. Try again later.
    case rejected(reason: String)
    /// No room there, or here: a full disk, a quota, a repository or a file that is too large.
    case full(reason: String)
    /// Asked too often; the time that was named is in ms since 1970.
    case limited(untilMilliseconds: Int64?)
    /// A stored file is not what was written.
    case damaged(name: String, reason: String)
    /// The place holds what is not ours. Nothing in it is touched.
    case foreign(reason: String)
    /// A newer Holdfast wrote there. Nothing in it is touched.
    case newer(format: Int, known: Int)
    /// The key file is missing, is no such file, or lacks the keys with these marks.
    case locked(reason: String, marks: [String])
    /// There is no git that can be started.
    case gitMissing(reason: String)
    /// It had begun, and was broken off or took too long. The next round goes on.
    case cut(reason: String)
    /// A file of this host cannot be read or written now.
    case unavailable(reason: String)

    package init(_ error: FileError) {
        self = error.isOfFullDisk ? .full(reason: "\(error)") : .unavailable(reason: "\(error)")
    }
}

extension CopyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason): "the second copy cannot be reached: \(reason)"
        case .refused(let reason): "the second copy refuses us: \(reason); look at its token, key or rights"
        case .rejected(let reason): "others wrote to the second copy meanwhile: \(reason)"
        case .full(let reason): "there is no room for the second copy: \(reason)"
        case .limited: "the second copy was asked too often; it goes on later"
        case .damaged(let name, let reason): "\(name) of the second copy is damaged: \(reason)"
        case .foreign(let reason): "this is no second copy of ours, and nothing in it is touched: \(reason)"
        case .newer(let format, let known):
            "a newer Holdfast wrote to the second copy (format \(format), this one knows \(known)); update"
        case .locked(let reason, let marks):
            "the second copy lacks its key: \(reason)"
                + (marks.isEmpty ? "" : " (wanted: \(marks.joined(separator: ", ")))")
        case .gitMissing(let reason): "git cannot be started: \(reason); install it"
        case .cut(let reason): "the second copy was broken off, and goes on: \(reason)"
        case .unavailable(let reason): "the second copy cannot go on now: \(reason)"
        }
    }
}
