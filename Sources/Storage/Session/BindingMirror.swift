package import Domain
package import Platform

/// This host's bindings as files, so that a lookup has an answer while Redis is away.
package struct BindingMirror: Sendable {
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    package func binding(of key: DispatchKey) -> Binding? {
        guard let text = try? Files.read(path(key)),
            let binding = try? JSONValue(parsing: text).decode(Binding.self),
            binding.dispatchKey == key
        else { return nil }
        return binding
    }

    package func save(_ binding: Binding) throws(FileError) {
        try Files.write(binding.json, to: path(binding.dispatchKey))
    }

    /// Removes the binding if it is to that session (compare and delete).
    package func drop(_ key: DispatchKey, session: SessionID) {
        if binding(of: key)?.sessionID == session { Files.remove(path(key)) }
    }

    /// The keys that have one of these sessions.
    package func keys(of sessions: Set<SessionID>) -> Set<DispatchKey> {
        Set(all.filter { sessions.contains($0.sessionID) }.map(\.dispatchKey))
    }

    /// The sessions that keys have, as far as this host knows, whatever a Redis has forgotten.
    /// - Parameter now: ms since 1970.
    package func sessions(_ ages: SessionAges, now: Int64) -> Set<SessionID> {
        let valid = all.filter {
            !$0.isExpired(atMilliseconds: now, maxAgeMilliseconds: ages.milliseconds(for: $0.dispatchKey))
        }
        return Set(valid.map(\.sessionID))
    }

    /// Those that can be read.
    package var all: [Binding] {
        let names = ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".json") }
        return names.compactMap { name in
            // One that cannot be read answers nobody either.
            (try? Files.read("\(folder)/\(name)")).flatMap { try? JSONValue(parsing: $0).decode(Binding.self) }
        }
    }

    private func path(_ key: DispatchKey) -> String { "\(folder)/\(name(of: key))" }

    /// Of its file.
    package func name(of key: DispatchKey) -> String { "\(Checksum.fnv1a(key.rawValue).hexadecimal).json" }
}
