extension Timestamp {
    /// `4 min ago`, for people.
    package func ago(_ now: Timestamp) -> String {
        "\(Self.span(seconds: (now.milliseconds - milliseconds) / 1000)) ago"
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
