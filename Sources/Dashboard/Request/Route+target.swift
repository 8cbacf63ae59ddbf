extension Route {
    init?(_ segments: [String]) {
        switch segments.count {
        case 0: self = .page
        case 1 where segments[0] == "healthz": self = .health
        case 1 where segments[0] == "readyz": self = .readiness
        case 1 where segments[0] == "metrics": self = .metrics
        case 2 where segments[0] == "assets": self = .asset(segments[1])
        case 3... where segments[0] == "api" && segments[1] == "v1":
            guard let route = Self.interface(segments[2], Array(segments.dropFirst(3))) else { return nil }
            self = route
        default: return nil
        }
    }

    private static func interface(_ kind: String, _ rest: [String]) -> Route? {
        switch (kind, rest.count) {
        case ("status", 0): .status
        case ("sessions", 0): .sessions
        // A key that itself ends in "/drop" has to come as one segment.
        case ("sessions", 2...) where rest.last == "drop": .drop(key: rest.dropLast().joined(separator: "/"))
        case ("sessions", _): .lookUp(key: rest.joined(separator: "/"))
        case ("failures", 0): .failures
        case ("episodes", 1): .episode(rest[0])
        case ("episodes", 2) where rest[1] == "retry": .retry(rest[0])
        case ("episodes", 2) where rest[1] == "discard": .discard(rest[0])
        case ("memory", 0): .memory
        case ("history", 0): .history
        case ("events", 0): .events
        default: nil
        }
    }
}
