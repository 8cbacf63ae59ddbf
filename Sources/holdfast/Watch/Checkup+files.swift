internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Settings

/// Spool, disk and who may read what.
extension Checkup {
    func spool() -> Check {
        judged(
            "spool", by: [.notes_corrupt, .spool_full, .spool_low, .notes_waiting],
            well: "\(status.capture.notes) notes waiting")
    }

    func disk() -> Check {
        let free = status.capture.disk_free_bytes >> 20
        let path = place.settings.state.path
        guard free > max(100, place.settings.configuration.spoolMinFreeBytes >> 20) else {
            return Check(
                outcome: .warn, name: "disk", finding: "\(free) MB free under \(path)",
                remedy: "make room: notes need it (du -xh \(path) | sort -h | tail)")
        }
        return Check(outcome: .ok, name: "disk", finding: "\(free) MB free")
    }

    /// What only its owner may read.
    func modes() -> [Check] {
        let state = place.settings.state
        let paths = [
            state.path, state.spool, place.settings.archivePath(host: place.host), state.dashboardToken,
            state.redisSocket,
        ]
        let open = paths.filter { path in
            guard let status = try? Files.status(path) else { return false }
            return status.st_mode & 0o077 != 0 && status.st_mode & S_IFMT != S_IFSOCK || status.st_uid != getuid()
        }
        guard open.isEmpty else {
            return open.map {
                Check(outcome: .fail, name: "file modes", finding: "\($0) is open to others", remedy: "chmod go= \($0)")
            }
        }
        return [Check(outcome: .ok, name: "file modes", finding: "only you can read \(state.path)")]
    }
}
