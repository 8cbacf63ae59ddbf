package import Domain

/// A call of a tool whose arguments are in order.
struct Call: Sendable, Equatable {
    let id: CallID
    let tool: String
    let arguments: Arguments
}

/// Tells a call from all others of this server's life; a request id may come again after its call was cancelled.
struct CallID: Sendable, Hashable, Comparable {
    let number: Int

    static func < (one: CallID, other: CallID) -> Bool { one.number < other.number }
}

/// The arguments of a call, already held against the tool's input schema: what is there is of its type and range.
package struct Arguments: Sendable, Equatable {
    private let values: [String: JSONValue]

    package init(_ values: [String: JSONValue]) { self.values = values }

    package func string(_ name: String) throws(ToolError) -> String { try given(name, optionalString(name)) }
    package func int(_ name: String) throws(ToolError) -> Int { try given(name, optionalInt(name)) }
    package func bool(_ name: String) throws(ToolError) -> Bool { try given(name, optionalBool(name)) }
    package func strings(_ name: String) throws(ToolError) -> [String] { try given(name, optionalStrings(name)) }

    package func optionalString(_ name: String) -> String? { values[name]?.string }
    package func optionalBool(_ name: String) -> Bool? { values[name]?.bool }

    package func optionalInt(_ name: String) -> Int? { values[name]?.number.flatMap { Int(exactly: $0) } }

    package func optionalStrings(_ name: String) -> [String]? {
        guard let elements = values[name]?.elements else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }

    /// The schema lets no call through without it; a tool that reads what its schema does not require says so here.
    private func given<Value>(_ name: String, _ value: Value?) throws(ToolError) -> Value {
        guard let value else { throw ToolError(.invalid, "\(name) is missing", remedy: "call again with \(name)") }
        return value
    }
}

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

/// How far a call has come.
struct Progress: Sendable, Equatable {
    var done: Double
    var total: Double?
    var message: String?
}
