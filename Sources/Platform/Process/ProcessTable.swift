package import Domain
internal import Glibc

/// Processes of this host, read from `/proc` (proc(5)).
package enum ProcessTable {
    package struct Entry: Sendable, Equatable {
        package var process: ClientProcess
        package var parent: Int32
        package var name: String

        package init(process: ClientProcess, parent: Int32, name: String) {
            self.process = process
            self.parent = parent
            self.name = name
        }
    }

    /// - Returns: nil when there is no such process, or it has ended and only waits to be reaped.
    package static func entry(_ pid: Int32) -> Entry? {
        guard pid > 0, let bytes = try? Files.bytes("/proc/\(pid)/stat", limit: 4096) else { return nil }
        // The name stands in brackets and may hold anything, brackets too. Bytes, not characters: a hook reads this for
        // each process above its client.
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 20)
        guard fields.count > 19, let state = fields[0].first, state != UInt8(ascii: "Z"), state != UInt8(ascii: "X"),
            let parent = Int32(String(decoding: fields[1], as: UTF8.self)),
            let start = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        let name = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        return Entry(process: ClientProcess(pid: pid, startTicks: start), parent: parent, name: name)
    }

    /// One that can be a client of this user: neither init nor another user's.
    package static func ownEntry(_ pid: Int32) -> Entry? {
        guard let entry = anyOwnEntry(pid), pid > 1 || !isReaper(entry) else { return nil }
        return entry
    }

    private static func anyOwnEntry(_ pid: Int32) -> Entry? {
        guard pid > 0, let status = try? Files.status("/proc/\(pid)"), status.st_uid == getuid() else { return nil }
        return entry(pid)
    }

    /// Whether it is known to adopt processes whose parent has died (prctl(2), PR_SET_CHILD_SUBREAPER): session managers,
    /// what runs containers, and the small inits in them. The kernel keeps 15 bytes of a name.
    package static func isReaper(_ entry: Entry) -> Bool {
        let names = [
            "systemd", "init", "tini", "dumb-init", "docker-init", "catatonit", "runsvdir", "runit", "s6-svscan",
            "s6-supervise", "supervisord", "conmon", "containerd-shim", "shim", "crun", "runc", "bwrap", "upstart",
            "openrc-init", "launchd", "Relay", "SessionLeader",
        ]
        // The first process of a container may be a client, or the shell of its entry point, which adopts.
        if entry.process.pid <= 1 { return !clients.contains(entry.name) }
        return names.contains(entry.name)
    }

    /// What a client is called, be it a program of its own or a script of one of these.
    private static let clients = ["claude", "node", "bun"]

    /// Init and whatever else adopts orphans drives no session: a record that names one was made by a hook whose client had
    /// died.
    package static func isAlive(_ process: ClientProcess) -> Bool {
        guard let entry = entry(process.pid), entry.process == process else { return false }
        return process.pid > 1 || !isReaper(entry)
    }

    /// Whether it still runs, whatever it is.
    package static func isRunning(_ process: ClientProcess) -> Bool { entry(process.pid)?.process == process }

    /// Whether a process that can be seen from here was killed, or ends by itself, and has not let go of what it holds: its
    /// threads end one after the other, and its locks go with the last (proc(5): no `exe` any more; SIGKILL is pending).
    package static func isEnding(_ pid: Int32) -> Bool {
        // One that cannot be seen, as from another container, is not known to end.
        guard pid > 0, let status = try? Files.read("/proc/\(pid)/status", limit: 1 << 14) else { return false }
        do throws(FileError) {
            _ = try Files.status("/proc/\(pid)/exe")
        } catch {
            return error.isMissing
        }
        return status.split(separator: "\n").contains { line in
            guard line.hasPrefix("SigPnd:") || line.hasPrefix("ShdPnd:"),
                let signals = UInt64(line.dropFirst(7).filter { !$0.isWhitespace }, radix: 16)
            else { return false }
            return signals & 1 << (SIGKILL - 1) != 0
        }
    }

    /// What a process was started with, of some variables, whatever it has set since (proc(5), environ).
    /// - Returns: nil where there is no such process, or that may not be read.
    package static func startEnvironment(of pid: Int32, names: [String]) -> [String: String]? {
        guard let bytes = try? Files.bytes("/proc/\(pid)/environ", limit: 4 << 20), !bytes.isEmpty else { return nil }
        var variables: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let sign = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: entry[..<sign], as: UTF8.self)
            if names.contains(name) { variables[name] = String(decoding: entry[(sign + 1)...], as: UTF8.self) }
        }
        return variables
    }

    /// Where the numbers of processes count that we see.
    package static let space: ProcessSpace = {
        var link = [CChar](repeating: 0, count: 64)
        let count = unsafe readlink("/proc/self/ns/pid", &link, link.count - 1)
        let namespace = link.prefix(max(0, count)).map { UInt8(bitPattern: $0) }.filter { (48...57).contains($0) }
        return ProcessSpace(
            bootID: HostClock.now().bootID, namespace: String(decoding: namespace, as: UTF8.self),
            machine: HostClock.machine)
    }()

    package static var own: ClientProcess {
        entry(getpid())?.process ?? ClientProcess(pid: getpid(), startTicks: 0)
    }

    package static var parentID: Int32 { getppid() }

    /// The processes above one, nearest first, without init.
    package static func ancestors(of entry: Entry, limit: Int = 12) -> [ClientProcess] {
        var ancestors: [ClientProcess] = []
        var next = entry.parent
        while next > 0, ancestors.count < limit, let parent = Self.entry(next), next > 1 || !isReaper(parent) {
            ancestors.append(parent.process)
            next = parent.parent
        }
        return ancestors
    }
}
