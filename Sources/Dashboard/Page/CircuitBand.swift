internal import Domain

/// The drawing of the circuit's last six hours: which part of it each state takes.
enum CircuitBand {
    private static let span: Int64 = 6 * 3_600_000
    /// Of older changes nothing is kept.
    private static let kept = 50

    private struct Change {
        var at: Int64
        var state: String
        var reason: String
    }

    /// - Parameter tellsReasons: whether a reader may see why the state changed.
    static func segments(_ status: JSONValue, now: Int64, tellsReasons: Bool) -> JSONValue {
        let changes = changes(status)
        let start = now - span
        var segments: [JSONValue] = []
        for (index, change) in changes.enumerated() {
            let begin = max(start, change.at)
            let end = index + 1 < changes.count ? max(start, changes[index + 1].at) : now
            guard end > begin else { continue }
            let (top, height) = shape(of: change.state) ?? (39, 1)
            let words = [
                change.state, tellsReasons ? VisibleText.of(change.reason) : "",
                change.at > 0 ? Words.relative(change.at, now: now) : "before",
            ]
            let width = (10_000 * Double(end - begin) / Double(span)).rounded() / 100
            segments.append(
                .object([
                    "state": .string(change.state), "x": Words.rounded(100 * Double(begin - start) / Double(span)),
                    "width": .number(max(0.4, width)), "y": .number(top), "height": .number(height),
                    "title": .string(words.filter { !$0.isEmpty }.joined(separator: ", ")),
                ]))
        }
        return .array(segments)
    }

    /// The oldest first; before all that are known, one that stands for what was.
    private static func changes(_ status: JSONValue) -> [Change] {
        let history = status.list("circuit_history")
        let isUnknown = history.count >= kept || status.part("circuit").text("state") == "none"
        return [Change(at: 0, state: isUnknown ? "unknown" : "closed", reason: "")]
            + history.reversed().map { change in
                let state = change.text("state")
                return Change(
                    at: change.time("at") ?? 0, state: shape(of: state) == nil ? "unknown" : state,
                    reason: change.text("reason"))
            }
    }

    /// Top and height: the state is told by height as well as by colour.
    private static func shape(of state: String) -> (top: Double, height: Double)? {
        switch state {
        case "open": (2, 40)
        case "half-open": (22, 20)
        case "closed": (36, 6)
        case "unknown": (39, 1)
        default: nil
        }
    }
}
