package import Domain
internal import Glibc
internal import Platform
package import Settings

/// How much room the spool takes and has.
package struct SpoolSpace: Sendable, Equatable {
    /// Notes of all kinds, those put aside too.
    package var bytes: Int64
    /// Free on its disk.
    package var freeBytes: Int64
    package var pressure: SpoolPressure

    package init(settings: Settings) {
        let spool = Spool(folder: settings.state.spool)
        bytes = [spool, spool.waiting, spool.history].reduce(0) { sum, spool in
            let names = (try? Files.names(in: spool.folder)) ?? []
            return names.reduce(sum) { sum, name in
                guard let status = try? Files.status("\(spool.folder)/\(name)", followingLinks: false),
                    status.st_mode & S_IFMT == S_IFREG
                else { return sum }
                return sum + Int64(status.st_size)
            }
        }
        freeBytes = Files.freeBytes(of: settings.state.path)
        pressure = .judge(
            bytes: bytes, free: freeBytes, maximum: settings.configuration.spoolMaxBytes,
            minimumFree: settings.configuration.spoolMinFreeBytes)
    }

    /// Leaves word for the hooks, which have no time to add up a folder.
    package func mark(_ state: StateFolder) {
        if pressure != .full {
            Files.remove(state.spoolFullMark)
        } else if !Files.exists(state.spoolFullMark) {
            // On a full disk the mark cannot be written, nor need it be: the hooks look at the disk themselves.
            try? Files.write("", to: state.spoolFullMark)
        }
    }

    /// Whether a hook may write a note: two system calls.
    package static func hasRoom(_ settings: Settings) -> Bool {
        !Files.exists(settings.state.spoolFullMark)
            && Files.freeBytes(of: settings.state.path) >= settings.configuration.spoolMinFreeBytes
    }
}
