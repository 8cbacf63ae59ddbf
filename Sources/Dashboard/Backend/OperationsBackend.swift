internal import Domain
internal import FoundationEssentials
package import Operations
internal import Platform
package import Settings
internal import Storage
internal import Threads
internal import Transcripts

/// The backend of the real thing: what is asked over HTTP is looked up as the command line does. It goes by
/// the settings that its companion goes by; while a file cannot be understood it says that, and nothing that would look well.
package struct OperationsBackend: DashboardBackend {
    private let settings: LiveSettings
    private let feed: LiveFeed
    private let page: Page
    private let searchGraph: GraphSearch?
    let knownEntries = KnownEntries()
    private let shared: SharedStatus

    /// Asks a graph for words; so many facts at most.
    package typealias GraphSearch = @Sendable (String, Int) async throws(Failure) -> GraphFacts

    /// - Throws: when the page's template cannot be read.
    package init(settings: LiveSettings, searchGraph: GraphSearch? = nil) throws {
        self.settings = settings
        self.searchGraph = searchGraph
        shared = SharedStatus(settings: settings)
        feed = LiveFeed(settings: settings, shared: shared)
        page = try Page()
    }

    /// What must run as long as the dashboard does.
    package func keepFeeding() async { await feed.run() }

    // MARK: - JSON

    package func status() async throws(BackendError) -> [UInt8] {
        let status = try await shared.status()
        return try await work { _ in try [UInt8].json(of: status) }
    }

    package func fleet() async throws(BackendError) -> [UInt8] { try await json { try $0.fleet() } }

    package func sessions(_ query: SessionsQuery) async throws(BackendError) -> [UInt8] {
        guard query.looks else {
            return try await json {
                try $0.sessions(search: query.search ?? "", limit: query.limit, offset: query.offset)
            }
        }
        return try await json { try $0.looks(search: query.search ?? "", limit: query.limit, offset: query.offset) }
    }

    package func session(_ id: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.detail(of: try Workplace.sessionID(id)) }
    }

    package func restore(session id: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.restoreSession(try Workplace.sessionID(id)) }
    }

    package func forget(session id: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.forgetSession(try Workplace.sessionID(id)) }
    }

    package func lookUp(key: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.lookUp(try DispatchKey(key)) }
    }

    package func drop(key: String) async throws(BackendError) -> [UInt8] { try await json { try $0.drop(key) } }

    package func failures(_ query: FailuresQuery) async throws(BackendError) -> [UInt8] {
        try await json { place in
            try place.failures(
                class: query.failureClass ?? "", key: query.key ?? "",
                sinceMilliseconds: try Period.beginning(query.since), limit: query.limit, cursor: query.cursor ?? "")
        }
    }

    package func failureGroups(_ query: FailuresQuery) async throws(BackendError) -> [UInt8] {
        try await json { place in
            try place.failureGroups(
                class: query.failureClass ?? "", key: query.key ?? "",
                sinceMilliseconds: try Period.beginning(query.since))
        }
    }

    package func activity() async throws(BackendError) -> [UInt8] { try await json { try $0.activity() } }

    package func retryFailures(_ query: FailuresQuery, onlyDead: Bool) async throws(BackendError) -> [UInt8] {
        try await json { place in
            try place.retryFailures(
                class: query.failureClass ?? "", key: query.key ?? "",
                sinceMilliseconds: try Period.beginning(query.since), onlyDead: onlyDead)
        }
    }

    package func closeCircuit() async throws(BackendError) -> [UInt8] {
        try await json { try $0.forceCircuit(open: false, of: nil) }
    }

    package func episode(_ id: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.episode(try $0.episodeID(id)) }
    }

    package func retry(episode id: String) async throws(BackendError) -> [UInt8] {
        try await json { place -> RetryAnswer.Episode in try place.retry(id) }
    }

    package func discard(episode id: String) async throws(BackendError) -> [UInt8] {
        try await json { place -> DiscardedEpisode in try place.discard(id) }
    }

    package func memory(_ query: MemoryQuery) async throws(BackendError) -> [UInt8] {
        try await json { place in
            try place.search(
                query.text, key: query.key, sinceMilliseconds: try Period.beginning(query.since), limit: query.limit)
        }
    }

    package func graph(_ query: MemoryQuery) async throws(BackendError) -> [UInt8] {
        guard let searchGraph else {
            throw BackendError(.notFound, "no graph can be asked here", remedy: "ask the companion's socket")
        }
        let found: GraphFacts
        do throws(Failure) {
            found = try await searchGraph(query.text, query.limit)
        } catch {
            throw BackendError(error)
        }
        return try await work { _ in try [UInt8].json(of: found) }
    }

    package func history(limit: Int) async throws(BackendError) -> [UInt8] {
        try await json { try $0.events(limit: limit) }
    }

    // MARK: - Other text

    package func metrics() async throws(BackendError) -> [UInt8] {
        let status = try await shared.status()
        return Array(try await work { try $0.metricsText(of: status) }.utf8)
    }

    package func health() async throws(BackendError) -> BackendHealth {
        let status = try await shared.status()
        return try await work { _ in try HealthReport(status).health }
    }

    package func readiness() async throws(BackendError) -> BackendHealth {
        let status = try await shared.status()
        return try await work { _ in try HealthReport(status).readiness }
    }

    package func events(since lastEventID: String?) -> AsyncStream<ServerSentEvent> {
        feed.subscribe(since: lastEventID)
    }

    // MARK: - The page

    package func page(_ request: PageRequest) async throws(BackendError) -> [UInt8] {
        let page = page, query = PageQuery(request.terms), status = try await shared.status()
        return try await work { place in
            if request.scope == .full, !query.session.isEmpty {
                let detail = try place.detail(of: try Workplace.sessionID(query.session))
                return Array(page.session(detail, host: status.host, now: status.observed_at).utf8)
            }
            if request.scope == .full, query.isOfFleet {
                return Array(page.fleet(try place.fleet(), host: status.host).utf8)
            }
            guard request.scope == .full else { return Array(page.reduced(status: status).utf8) }
            return Array(page.full(status: status, query: query, lists: PageLists(of: place, query)).utf8)
        }
    }

    // MARK: - Ways

    func json<Answer: Encodable & SendableMetatype>(
        _ make: @escaping @Sendable (Workplace) throws -> Answer
    ) async throws(BackendError) -> [UInt8] {
        try await work { try [UInt8].json(of: try make($0)) }
    }

    func work<Answer: Sendable>(
        _ work: @escaping @Sendable (Workplace) throws -> Answer
    ) async throws(BackendError) -> Answer {
        let settings = settings
        do {
            return try await BlockingWork.run {
                try work(try Workplace(settings: try settings.understood()))
            }
        } catch {
            throw BackendError(Failure(of: error))
        }
    }
}

extension [UInt8] {
    static func json(of value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

extension BackendError {
    init(_ failure: Failure) {
        let category: BackendError.Category =
            switch failure.category {
            case .not_found: .notFound
            case .invalid: .invalid
            case .conflict: .conflict
            case .redis_unavailable: .redisUnavailable
            case .archive_unavailable, .failed, .configuration, .llm_unavailable, .llm_auth, .rate_limit, .network,
                .quota:
                .failed
            }
        self.init(category, failure.reason, remedy: failure.remedy)
    }
}
