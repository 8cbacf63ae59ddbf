internal import Platform

extension CopySync {
    /// What hosts do not agree on, and how the rule decided until somebody else does.
    package func conflicts() async throws(CopyError) -> [CopyConflict] {
        // While a round goes on it knows as well as anybody.
        guard let lock = try locked() else { return view.state.conflicts }
        defer { _ = lock.descriptor }
        try await look()
        return view.state.conflicts
    }

    /// Writes down what a person decided.
    /// - Throws: `unavailable` where there is no such conflict, or no such side of it.
    package func resolve(
        _ id: String, keep choice: ConflictChoice, nowMilliseconds: Int64 = HostClock.wallMilliseconds
    ) async throws(CopyError) {
        guard let lock = try locked() else { throw .unavailable(reason: "a round is going on; try again") }
        defer { _ = lock.descriptor }
        for attempt in 1... {
            try await look()
            guard let conflict = view.state.conflicts.first(where: { $0.id == id }) else {
                throw .unavailable(reason: "there is no conflict \(id), or it was decided meanwhile")
            }
            guard let kept = conflict.kept(by: choice, on: host) else {
                throw .unavailable(reason: "conflict \(id) has no side that is \(choice.rawValue)")
            }
            var entry = JournalEntry(
                host: host, number: view.nextNumber(of: host), timeMilliseconds: nowMilliseconds)
            entry.resolutions = [
                Resolution(
                    id: id, kind: conflict.item.kind, name: conflict.item.name, kept: kept,
                    sides: conflict.sides.map(\.digest), host: host, timeMilliseconds: nowMilliseconds)
            ]
            do throws(CopyError) {
                return try await publish([entry])
            } catch {
                await transport.discard()
                guard case .rejected = error, attempt < 5 else { throw error }
            }
        }
    }
}

extension CopyConflict {
    /// - Returns: the digests of what is kept; nil where there is no such side.
    func kept(by choice: ConflictChoice, on host: String) -> [String]? {
        switch choice {
        case .local: sides.first { $0.hosts.contains(host) }.map { [$0.digest] }
        case .remote: sides.first { !$0.hosts.contains(host) }.map { [$0.digest] }
        case .both: sides.map(\.digest)
        }
    }
}
