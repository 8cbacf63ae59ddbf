/// What the server is to do next.
enum Action: Sendable, Equatable {
    case send(String)
    /// Run the tool and report how it ended.
    case start(Call)
    /// Tell the conversation when so much time has passed, should the call still run.
    case expire(CallID, after: Duration)
    /// Cancel the call's task; nobody waits for how it ends.
    case cancel(CallID)
    /// Tell the conversation when so much time has passed.
    case wake(Farewell, after: Duration)
    /// Write what is left and end.
    case finish
}

/// How the server comes to its end.
///
///     none --(input ended)--> parting --(time)--> cancelling --(calls back, or time)--> over
///       |                        +-------------(calls back)------------------------------^
///       +----------(nobody reads our answers)---> cancelling
enum Farewell: Sendable, Equatable {
    case none
    /// The client will ask nothing more; calls may still answer.
    case parting
    /// Calls are told to stop.
    case cancelling
    case over
}

/// Where an answer goes.
enum Destination: Sendable, Equatable {
    case line
    /// Into the one answer to a batch.
    case batch(Int)
}

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
