/// Where a process number means something: one PID namespace of one boot of one machine. Two containers over one state folder,
/// or two machines over one home, number their processes alike.
package struct ProcessSpace: Hashable, Sendable {
    package var bootID: String
    package var namespace: String
    /// The machine's name as the kernel tells it.
    package var machine: String

    package init(bootID: String, namespace: String, machine: String) {
        self.bootID = bootID
        self.namespace = namespace
        self.machine = machine
    }

    /// As it stands in records and locks; nil for what is none.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count == 3, !parts[0].isEmpty else { return nil }
        self.init(bootID: parts[0], namespace: parts[1], machine: parts[2])
    }

    package var text: String { bootID + "/" + namespace + "/" + machine }
}

/// Who may be driving a session now, as far as its record tells.
package enum Driver: Equatable, Sendable {
    case nobody
    /// The process can be looked for here.
    case here(ClientProcess)
    /// Somebody whom we cannot see had it open when it was used last.
    case elsewhere

    /// A view from one place.
    package struct Place: Sendable {
        package var host: String
        package var space: ProcessSpace
        /// When this machine was started, ms since 1970.
        package var bootedMilliseconds: Int64

        package init(host: String, space: ProcessSpace, bootedMilliseconds: Int64) {
            self.host = host
            self.space = space
            self.bootedMilliseconds = bootedMilliseconds
        }
    }

    package static func of(_ session: SessionRecord, seenFrom place: Place) -> Driver {
        guard session.state == .active || session.state == .idle else { return .nobody }
        let isOwn = session.host == place.host
        guard let space = ProcessSpace(session.processSpace) else {
            // Recorded without a process, or by a version that did not tell where its number counts.
            guard isOwn else { return .elsewhere }
            return session.isOfBoot(place.space.bootID) ? session.process.map(here) ?? .nobody : .nobody
        }
        if space == place.space { return session.process.map(here) ?? .nobody }
        // This machine was started again since: what ran before is gone.
        let isRestarted = space.machine == place.space.machine && space.bootID != place.space.bootID
        if isRestarted, (session.lastUsedMilliseconds ?? 0) < place.bootedMilliseconds { return .nobody }
        return .elsewhere
    }
}
