package import Platform

/// What keeps a checkpoint from being made, read or restored.
package enum IntegrityError: Error, Equatable {
    case unavailable(reason: String)
    /// What was written is not what stands there.
    case damaged(thing: String, reason: String)
    case newer(version: Int, known: Int)
    case none(id: String)
    case several(id: String, ids: [String])

    package init(_ error: FileError) { self = .unavailable(reason: "\(error)") }
}

extension IntegrityError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): reason
        case .damaged(let thing, let reason): "\(thing) is damaged: \(reason)"
        case .newer(let version, let known):
            "the checkpoint was made by a newer Holdfast (form \(version), this one knows \(known)); update"
        case .several(let id, let ids):
            "\(ids.count) checkpoints begin with '\(id)': \(ids.prefix(8).joined(separator: ", ")); give more of it"
        case .none(let id): "there is no checkpoint '\(id)'; 'holdfast checkpoint list' shows those that there are"
        }
    }
}
