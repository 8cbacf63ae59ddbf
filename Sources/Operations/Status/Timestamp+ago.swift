extension Timestamp {
    /// `4 min ago`, for people.
    package func ago(_ now: Timestamp) -> String {
        "\(Self.span(seconds: (now.milliseconds - milliseconds) / 1000)) ago"
    }

    /// `21:03 UTC`, or the day where that is another.
    package func clock(_ now: Timestamp) -> String {
        let day = text.prefix(10)
        return day == now.text.prefix(10) ? "\(text.dropFirst(11).prefix(5)) UTC" : String(day)
    }

    /// `3 h`, for people.
    package func age(_ now: Timestamp) -> String { Self.span(seconds: (now.milliseconds - milliseconds) / 1000) }

    private static func span(seconds: Int64) -> String {
        switch max(0, seconds) {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
