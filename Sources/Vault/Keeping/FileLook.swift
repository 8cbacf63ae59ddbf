internal import Glibc
internal import Platform

/// How a file looks: it is not read again while it looks the same.
struct FileLook: Equatable {
    let size: Int64
    private let rest: String

    /// - Returns: nil when it is not there.
    init?(_ path: String) {
        guard let status = try? Files.status(path, followingLinks: false) else { return nil }
        size = Int64(status.st_size)
        // Of the last change too: what was written over may have its old size and time.
        let (written, changed) = (status.st_mtim, status.st_ctim)
        rest =
            "\(status.st_dev):\(status.st_ino) \(written.tv_sec).\(written.tv_nsec) \(changed.tv_sec).\(changed.tv_nsec)"
    }

    init?(mark: String) {
        guard let space = mark.firstIndex(of: " "), let size = Int64(mark[..<space]) else { return nil }
        self.size = size
        rest = String(mark[mark.index(after: space)...])
    }

    var mark: String { "\(size) \(rest)" }
}
