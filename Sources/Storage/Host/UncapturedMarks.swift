package import Domain
internal import Platform
package import Settings

/// Sessions whose transcript lies where nothing can be captured, a file each in `STATE/uncaptured`: hooks and capturers
/// leave them, who captures the session after all takes them away, and the status counts them. So a session of which
/// nothing is kept is missed by somebody.
package struct UncapturedMarks: Sendable {
    package struct Mark: Sendable, Equatable {
        package var path: String
        package var reason: String
        /// When it was left last, ms since 1970.
        package var milliseconds: Int64

        package init(path: String, reason: String, milliseconds: Int64) {
            self.path = path
            self.reason = reason
            self.milliseconds = milliseconds
        }
    }

    private let folder: String

    package init(_ state: StateFolder) { folder = state.path + "/uncaptured" }

    package func add(_ session: SessionID, path: String, _ reason: String) {
        write(session.rawValue, path, reason)
    }

    private func write(_ name: String, _ path: String, _ reason: String) {
        // On a full or read-only disk nobody remembers; the status says so itself then.
        try? Files.makeFolder(folder)
        try? Files.write("\(HostClock.wallMilliseconds)\n\(reason)\n\(path)", to: folder + "/" + name)
    }

    /// No session is called so.
    private static let place = "+place-"

    /// Says which places nobody can look into now, and that these are all. One that is known keeps its time.
    /// - Parameter places: each with the reason.
    package func setPlaces(_ places: [(path: String, reason: String)]) {
        var gone = Set(((try? Files.names(in: folder)) ?? []).filter { $0.hasPrefix(Self.place) })
        for (path, reason) in places.prefix(100) {
            let name = Self.place + Checksum.fnv1a(path).hexadecimal
            if gone.remove(name) == nil { write(name, path, reason) }
        }
        for name in gone { Files.remove(folder + "/" + name) }
    }

    package func remove(_ session: SessionID) { Files.remove(folder + "/" + session.rawValue) }

    /// The latest first; those of before `since` are forgotten.
    package func all(since: Int64) -> [Mark] {
        let marks = ((try? Files.names(in: folder)) ?? []).compactMap { name -> Mark? in
            let lines = ((try? Files.read(folder + "/" + name, limit: 8192)) ?? "")
                .split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
            guard lines.count == 3, let time = Int64(lines[0]), time >= since else {
                Files.remove(folder + "/" + name)
                return nil
            }
            return Mark(path: String(lines[2]), reason: String(lines[1]), milliseconds: time)
        }
        return marks.sorted { $0.milliseconds > $1.milliseconds }
    }
}
