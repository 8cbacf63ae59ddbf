/// What `holdfast drain-host` came to.
package struct HostDrain: Encodable, Sendable {
    package enum Step: String, Encodable, Sendable {
        case capture, vault, archive, queue, copy, companion
    }

    package enum Outcome: String, Encodable, Sendable {
        /// Nothing of it is here alone.
        case done
        /// Nothing of it is here alone, and somebody has to go on with it elsewhere.
        case elsewhere
        /// It is here alone, or not as it should be.
        case here
    }

    /// A step, in the order in which they are taken.
    package struct Line: Encodable, Sendable {
        package let step: Step
        package let outcome: Outcome
        package let text: String
        /// What is to be done; empty for nothing.
        package let remedy: String

        init(_ step: Step, _ outcome: Outcome, _ text: String, remedy: String = "") {
            (self.step, self.outcome, self.text, self.remedy) = (step, outcome, text, remedy)
        }
    }

    package let host: String
    package private(set) var lines: [Line] = []
    /// Whether the host can be taken away and no word goes with it.
    package var is_safe: Bool { !lines.contains { $0.outcome == .here } }

    init(host: String) { self.host = host }

    mutating func add(_ line: Line) { lines.append(line) }

    private enum CodingKeys: CodingKey { case host, lines, is_safe }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(host, forKey: .host)
        try object.encode(is_safe, forKey: .is_safe)
        try object.encode(lines, forKey: .lines)
    }
}
