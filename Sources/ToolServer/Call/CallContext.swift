/// What a tool is given beside its arguments.
package struct CallContext: Sendable {
    /// When the client is answered without the tool.
    package let deadline: ContinuousClock.Instant
    private let report: @Sendable (Progress) -> Void

    init(deadline: ContinuousClock.Instant, report: @escaping @Sendable (Progress) -> Void) {
        self.deadline = deadline
        self.report = report
    }

    package var remaining: Duration { max(.zero, deadline - .now) }

    /// Tells a client that asked for it how far the call has come. Steps back are not told: progress only grows.
    package func progress(_ done: Double, total: Double? = nil, message: String? = nil) {
        report(Progress(done: done, total: total, message: message))
    }

    /// Ends a call that the client has taken back, that is over its deadline, or whose client has gone.
    package func checkCancellation() throws(ToolError) {
        // Nobody reads this: the call was answered, or wants no answer.
        if Task.isCancelled { throw ToolError(.timeout, "the call was cancelled", remedy: "call again") }
    }
}
