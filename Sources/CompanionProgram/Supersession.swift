internal import Redis
internal import ServiceLifecycle

/// Ends the companion, in good order, where it may not work any more: a newer version has taken Redis over. Its own words
/// there would be read wrong; the transcripts stay where they are until this host is updated.
struct Supersession: Service {
    private let pipe = AsyncStream<RedisError>.makeStream()

    func end(_ reason: RedisError) { _ = pipe.continuation.yield(reason) }

    func run() async throws {
        for await reason in pipe.stream.cancelOnGracefulShutdown() { throw reason }
    }
}
