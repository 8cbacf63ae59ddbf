package import Domain
internal import Glibc

/// Processes of this host, read from `/proc` (proc(5)).
package enum ProcessTable {
    package struct Entry: Sendable, Equatable {
        package var process: ClientProcess
        package var parent: Int32
        package var name: String
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

    package static func isAlive(_ process: ClientProcess) -> Bool { entry(process.pid)?.process == process }

    package static var own: ClientProcess {
        entry(getpid())?.process ?? ClientProcess(pid: getpid(), startTicks: 0)
    }

    package static var parentID: Int32 { getppid() }

    /// The processes above one, nearest first, without init.
    package static func ancestors(of entry: Entry, limit: Int = 12) -> [ClientProcess] {
        var ancestors: [ClientProcess] = []
        var next = entry.parent
        while next > 1, ancestors.count < limit, let parent = Self.entry(next) {
            ancestors.append(parent.process)
            next = parent.parent
        }
        return ancestors
    }
}
