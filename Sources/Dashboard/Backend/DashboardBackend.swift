/// What the dashboard asks of the rest of the companion; every answer is text that is ready to be sent.
///
/// A call is cancelled when its time is up or the companion stops, so an implementation must heed cancellation: what
/// does not ends neither its request nor the companion.
package protocol DashboardBackend: Sendable {
    // MARK: - JSON

    func status() async throws(BackendError) -> [UInt8]
    func sessions(_ query: SessionsQuery) async throws(BackendError) -> [UInt8]
    func lookUp(key: String) async throws(BackendError) -> [UInt8]
    func drop(key: String) async throws(BackendError) -> [UInt8]
    func failures(_ query: FailuresQuery) async throws(BackendError) -> [UInt8]
    func episode(_ id: String) async throws(BackendError) -> [UInt8]
    func retry(episode id: String) async throws(BackendError) -> [UInt8]
    func discard(episode id: String) async throws(BackendError) -> [UInt8]
    func memory(_ query: MemoryQuery) async throws(BackendError) -> [UInt8]
    func history(limit: Int) async throws(BackendError) -> [UInt8]

    // MARK: - Other text

    /// The page, as HTML.
    func page(_ request: PageRequest) async throws(BackendError) -> [UInt8]
    /// The Prometheus text.
    func metrics() async throws(BackendError) -> [UInt8]
    func health() async throws(BackendError) -> BackendHealth
    func readiness() async throws(BackendError) -> BackendHealth

    // MARK: - Live

    /// What happens from now on, after a status as the first event; with an id, also what happened since that one.
    ///
    /// The stream is cancelled when its client goes; it may end by itself, the client then connects again.
    func events(since lastEventID: String?) -> AsyncStream<ServerSentEvent>
}
