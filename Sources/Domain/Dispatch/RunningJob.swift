/// A session that the client's background service runs.
package struct RunningJob: Sendable, Equatable {
    /// As the client's `stop` and `attach` take it.
    package var id: String
    /// Whether the client that runs it has these: to 2.1.139 and 2.1.235 `claude stop ID` is a prompt, 2.1.329 has both.
    /// Between them the line is a guess.
    package var canBeStopped: Bool

    package init(id: String, canBeStopped: Bool) {
        self.id = id
        self.canBeStopped = canBeStopped
    }

    /// - Parameter version: of the client, as it writes it: `2.1.332`.
    package init(id: String, clientVersion version: String) {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        self.init(id: id, canBeStopped: numbers.count != 3 || [2, 1, 300].lexicographicallyPrecedes(numbers))
    }

    /// What it says of itself, with the way out.
    package var words: String {
        canBeStopped
            ? "runs in the background: 'claude stop \(id)' ends it, 'claude attach \(id)' shows it"
            : "runs in the background: 'claude agents' shows it, and ends it"
    }
}
