internal import Domain
internal import HTTPTypes

/// What an address stands for.
///
/// Not Hummingbird's router: keys hold slashes, encoded or not, a wrong method is to be told from a wrong address, and
/// what is public is said in one place.
enum Route: Equatable {
    case page
    /// Where the page in the user's own folder brings a pass.
    case enter
    case asset(String)
    case health
    case readiness
    case metrics
    case status
    case fleet
    case sessions
    /// Of one, by its ID.
    case session(String)
    case restore(session: String)
    case forget(session: String)
    case lookUp(key: String)
    case drop(key: String)
    case failures
    /// All of a class, or all that are dead, are tried again.
    case retryFailures
    case failureGroups
    case activity
    case closeCircuit
    case episode(String)
    case retry(String)
    case discard(String)
    case memory
    /// What the graph knows that memories are handed on to.
    case graph
    case history
    case conversations
    case conversation(key: String)
    case addMessage(key: String)
    case context(key: String)
    case conversationHealth
    case tools
    case tool(String)
    case toolAdvice(String)
    case toolOutcome(String)
    /// Sessions that a program keeps with us, of a project.
    case stored(project: String)
    case storedEntries(StoreQuery)
    case storedSubpaths(StoreQuery)
    case storedSummary(StoreQuery)
    case storedSession(StoreQuery)
    case events

    var methods: [HTTPRequest.Method] {
        switch self {
        case .enter, .drop, .restore, .forget, .retry, .retryFailures, .closeCircuit, .discard, .addMessage,
            .toolOutcome:
            [.post]
        case .conversation: [.get, .head, .delete]
        case .storedEntries, .storedSummary: [.get, .head, .post]
        case .storedSession: [.delete]
        default: [.get, .head]
        }
    }

    /// Whether it is answered without the token; the page then is the reduced one.
    var isPublic: Bool {
        switch self {
        case .page, .enter, .asset, .health, .readiness, .metrics: true
        default: false
        }
    }

    /// How much a request of the user's own may bring along: batches of entries are large, and one entry can be.
    func bodyLimit(_ limits: DashboardLimits) -> Int {
        switch self {
        case .storedEntries, .storedSummary: limits.entriesBytes
        default: limits.bodyBytes
        }
    }

    /// Where a browser goes after a form; nil for what no form of the page sends.
    var place: String? {
        switch self {
        case .restore(let id): "/?session=\(PageLink.part(id))"
        case .drop, .forget: "/#sessions"
        case .retry, .retryFailures, .discard: "/#failures"
        case .closeCircuit: "/"
        default: nil
        }
    }
}

extension Route {
    init?(_ segments: [String]) {
        switch segments.count {
        case 0: self = .page
        case 1 where segments[0] == "enter": self = .enter
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
        case ("fleet", 0): .fleet
        case ("sessions", 0): .sessions
        case ("session", 1): .session(rest[0])
        case ("session", 2) where rest[1] == "restore": .restore(session: rest[0])
        case ("session", 2) where rest[1] == "forget": .forget(session: rest[0])
        // A key that itself ends in "/drop" has to come as one segment.
        case ("sessions", 2...) where rest.last == "drop": .drop(key: rest.dropLast().joined(separator: "/"))
        case ("sessions", _): .lookUp(key: rest.joined(separator: "/"))
        case ("failures", 0): .failures
        case ("failures", 1) where rest[0] == "retry": .retryFailures
        case ("failures", 1) where rest[0] == "groups": .failureGroups
        case ("activity", 0): .activity
        case ("circuit", 1) where rest[0] == "close": .closeCircuit
        case ("episodes", 1): .episode(rest[0])
        case ("episodes", 2) where rest[1] == "retry": .retry(rest[0])
        case ("episodes", 2) where rest[1] == "discard": .discard(rest[0])
        case ("memory", 0): .memory
        case ("graph", 0): .graph
        case ("history", 0): .history
        case ("conversations", _): conversations(rest)
        case ("tools", 0): .tools
        case ("tools", 1): .tool(rest[0])
        case ("tools", 2) where rest[1] == "advice": .toolAdvice(rest[0])
        case ("tools", 2) where rest[1] == "outcome": .toolOutcome(rest[0])
        case ("store", 1): .stored(project: rest[0])
        case ("store", 2): .storedSession(StoreQuery(rest))
        case ("store", 3) where rest[2] == "entries": .storedEntries(StoreQuery(rest))
        case ("store", 3) where rest[2] == "subkeys": .storedSubpaths(StoreQuery(rest))
        case ("store", 3) where rest[2] == "summary": .storedSummary(StoreQuery(rest))
        case ("events", 0): .events
        default: nil
        }
    }

    /// A key that itself ends in one of the words has to come as one segment; `health` is none that can be read here.
    private static func conversations(_ rest: [String]) -> Route {
        let key = rest.joined(separator: "/"), beginning = rest.dropLast().joined(separator: "/")
        return switch (rest.count, rest.last) {
        case (0, _): .conversations
        case (1, "health"): .conversationHealth
        case (2..., "messages"): .addMessage(key: beginning)
        case (2..., "context"): .context(key: beginning)
        default: .conversation(key: key)
        }
    }
}

/// The address of a request, taken apart once: everything after this sees decoded text.
struct RequestTarget: Equatable {
    /// Decoded; a `/` that came encoded is part of its segment.
    let segments: [String]
    let terms: Terms

    init(_ target: String) throws(Refusal) {
        guard target.hasPrefix("/"), !target.contains("#") else { throw Self.unreadable }
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        terms = try Terms(halves.count > 1 ? halves[1] : "")
        guard halves[0] != "/" else {
            segments = []
            return
        }
        var segments: [String] = []
        for raw in halves[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            // An empty one is "//" or a "/" at the end: one thing has one address.
            guard !raw.isEmpty else { throw .notFound }
            guard let segment = PercentCoding.decode(raw) else { throw Self.unreadable }
            guard segment != ".", segment != ".." else { throw .notFound }
            let hasControl = segment.unicodeScalars.contains { $0.properties.generalCategory == .control }
            guard !hasControl else { throw Self.unreadable }
            segments.append(segment)
        }
        self.segments = segments
    }

    private static var unreadable: Refusal {
        .invalid("the address cannot be read", remedy: "percent-encode it as UTF-8, without control characters")
    }
}
