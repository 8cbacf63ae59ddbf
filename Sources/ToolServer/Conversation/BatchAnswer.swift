/// The answer to a batch, which is sent when its last message is dealt with.
struct BatchAnswer: Sendable {
    private(set) var lines: [String] = []
    private var outstanding: Int

    /// - Parameter outstanding: how many messages are to be dealt with.
    init(outstanding: Int) { self.outstanding = outstanding }

    /// Takes the answer to one message, nil when it wants none.
    /// - Returns: whether that was the last.
    mutating func take(_ line: String?) -> Bool {
        if let line { lines.append(line) }
        outstanding -= 1
        return outstanding == 0
    }
}
