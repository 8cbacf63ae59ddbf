/// What a pool did on one UTC day: the hash `day:<yyyy-mm-dd>`. It counts each hour and each agent too
/// (`captured:<hh>`, `tokens:<agent>`), so it is read by the fields that are wanted.
package struct DayRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case captured, completed, failed, tokens, calls
        case costMicroDollars = "cost_micro_usd"
        case lastCapturedMilliseconds = "last_captured_ms"
        case lastCompletedMilliseconds = "last_completed_ms"
    }

    package var captured: Int64 = 0
    package var completed: Int64 = 0
    package var failed: Int64 = 0
    package var tokens: Int64 = 0
    /// Of a model.
    package var calls: Int64 = 0
    /// Millionths of a US dollar.
    package var costMicroDollars: Int64 = 0
    package var lastCapturedMilliseconds: Int64?
    package var lastCompletedMilliseconds: Int64?
    /// By hour of the day, those that were asked for.
    package var capturedByHour: [Int: Int64] = [:]
    package var completedByHour: [Int: Int64] = [:]

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        captured = fields.whole(.captured) ?? 0
        completed = fields.whole(.completed) ?? 0
        failed = fields.whole(.failed) ?? 0
        tokens = fields.whole(.tokens) ?? 0
        calls = fields.whole(.calls) ?? 0
        costMicroDollars = fields.whole(.costMicroDollars) ?? 0
        lastCapturedMilliseconds = fields.whole(.lastCapturedMilliseconds)
        lastCompletedMilliseconds = fields.whole(.lastCompletedMilliseconds)
        for hour in 0..<24 {
            capturedByHour[hour] = hash[Self.name(.captured, hour: hour)].flatMap { StoredNumber.of($0) }
            completedByHour[hour] = hash[Self.name(.completed, hour: hour)].flatMap { StoredNumber.of($0) }
        }
    }

    /// The name of the day that holds a moment.
    /// - Parameter milliseconds: since 1970.
    package static func name(of milliseconds: Int64) -> String { String(ISOTime.text(milliseconds).prefix(10)) }

    /// The fields of the day as a whole and of some of its hours.
    package static func names(hours: [Int]) -> [String] {
        Field.allCases.map(\.rawValue)
            + hours.flatMap { [name(.captured, hour: $0), name(.completed, hour: $0)] }
    }

    private static func name(_ field: Field, hour: Int) -> String {
        "\(field.rawValue):\(hour < 10 ? "0" : "")\(hour)"
    }
}
