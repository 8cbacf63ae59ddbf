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
        rest = "\(status.st_dev):\(status.st_ino) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    init?(mark: String) {
        guard let space = mark.firstIndex(of: " "), let size = Int64(mark[..<space]) else { return nil }
        self.size = size
        rest = String(mark[mark.index(after: space)...])
    }

    var mark: String { "\(size) \(rest)" }
}
