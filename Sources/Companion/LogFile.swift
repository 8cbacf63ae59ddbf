internal import Glibc
internal import Platform

/// Standard error of a detached companion: a file of bounded size, with one old copy.
package enum LogFile {
    static let limit = 4 << 20

    /// Points standard error at the file, beginning a new one when the old has grown too long.
    package static func open(_ path: String) {
        if let status = try? Files.status(path), status.st_size > limit { _ = Files.rename(path, to: path + ".1") }
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        dup2(descriptor, STDERR_FILENO)
        dup2(descriptor, STDOUT_FILENO)
        close(descriptor)
    }

    package static func rotation(_ path: String) -> Periodic {
        Periodic(name: "log") {
            open(path)
            return .seconds(3600)
        }
    }
}
