/// How a sink does, as the owner of the archive tells it in its heartbeat.
package struct SinkFigures: Sendable, Equatable {
    package var name: String
    package var circuit: Circuit.State
    package var waiting: Int64 = 0
    /// Handed over and not confirmed.
    package var sent: Int64 = 0
    package var done: Int64 = 0
    package var dead: Int64 = 0
    /// When the oldest that is not done was made, ms since 1970; nil where all is done.
    package var oldestMilliseconds: Int64?
    /// Since when nothing was done of what waits, ms since 1970; nil where all is done.
    package var stalledMilliseconds: Int64?

    package init(name: String, circuit: Circuit.State) {
        self.name = name
        self.circuit = circuit
    }

    /// `<name>:<circuit>:<waiting>:<sent>:<done>:<dead>:<oldest>:<stalled>`, 0 for none; a name holds neither colon nor blank.
    init?(text: Substring) {
        let parts = text.split(separator: ":")
        guard parts.count == 8, let circuit = Circuit.State(rawValue: String(parts[1])) else { return nil }
        let numbers = parts.dropFirst(2).compactMap { StoredNumber.of($0) }
        guard numbers.count == 6 else { return nil }
        self.init(name: String(parts[0]), circuit: circuit)
        (waiting, sent, done, dead) = (numbers[0], numbers[1], numbers[2], numbers[3])
        oldestMilliseconds = numbers[4] > 0 ? numbers[4] : nil
        stalledMilliseconds = numbers[5] > 0 ? numbers[5] : nil
    }

    var text: String {
        "\(name):\(circuit.rawValue):\(waiting):\(sent):\(done):\(dead):\(oldestMilliseconds ?? 0):"
            + "\(stalledMilliseconds ?? 0)"
    }
}
