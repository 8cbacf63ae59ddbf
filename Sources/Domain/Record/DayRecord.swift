/// What a pool did on one UTC day: the hash `day:<yyyy-mm-dd>`. It counts each hour and each agent too
/// (`captured:<hh>`, `tokens:<agent>`), so it is read by the fields that are wanted.
package struct DayRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case captured, completed, failed, failures, tokens, calls
        case costMicroDollars = "cost_micro_usd"
        case lastCapturedMilliseconds = "last_captured_ms"
        case lastCompletedMilliseconds = "last_completed_ms"
    }

    package var captured: Int64 = 0
    package var completed: Int64 = 0
    /// Episodes of which no memory will be made.
    package var failed: Int64 = 0
    /// Attempts that failed, whatever became of the episode.
    package var failures: Int64 = 0
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
    package var failuresByHour: [Int: Int64] = [:]

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        captured = fields.whole(.captured) ?? 0
        completed = fields.whole(.completed) ?? 0
        failed = fields.whole(.failed) ?? 0
        failures = fields.whole(.failures) ?? 0
        tokens = fields.whole(.tokens) ?? 0
        calls = fields.whole(.calls) ?? 0
        costMicroDollars = fields.whole(.costMicroDollars) ?? 0
        lastCapturedMilliseconds = fields.whole(.lastCapturedMilliseconds)
        lastCompletedMilliseconds = fields.whole(.lastCompletedMilliseconds)
        func byHour(_ field: Field) -> [Int: Int64] {
            (0..<24).reduce(into: [:]) { $0[$1] = hash[Self.name(field, hour: $1)].flatMap { StoredNumber.of($0) } }
        }
        capturedByHour = byHour(.captured)
        completedByHour = byHour(.completed)
        failuresByHour = byHour(.failures)
    }

    /// The name of the day that holds a moment.
    /// - Parameter milliseconds: since 1970.
    package static func name(of milliseconds: Int64) -> String { String(ISOTime.text(milliseconds).prefix(10)) }

    /// The fields of the day as a whole and of some of its hours.
    package static func names(hours: [Int]) -> [String] {
        Field.allCases.map(\.rawValue)
            + hours.flatMap { hour in [.captured, .completed, .failures].map { name($0, hour: hour) } }
    }

    private static func name(_ field: Field, hour: Int) -> String {
        "\(field.rawValue):\(hour < 10 ? "0" : "")\(hour)"
    }
}
