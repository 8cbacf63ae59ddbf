internal import Domain
internal import Integrity
internal import Platform
internal import Settings

/// What waits here for the second copy, and the copy itself: what is told of it is told anew, and its history is cut by the
/// next sync.
struct CopyStep: ForgettingStep {
    let settings: Settings
    let host: String

    let place = "what is copied elsewhere"

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        let pieces =
            search.wish.text?.spellings
            ?? search.sessions.filter { $0 != .added }.map { Array($0.rawValue.utf8) }
            + (search.key.map { [Array($0.rawValue.utf8)] } ?? [])
        let sought = FileSearch(pieces)
        for path in HostCopy(settings: settings, host: host).ownFiles where try sought.firstFound(in: path) != nil {
            finding.count("files")
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws { try HostCopy(settings: settings, host: host).forget() }
}
