internal import Domain
package import Logging
internal import Redis
package import Settings
package import Storage

/// Makes due what failed or waits for the provider's sake, when the provider is back.
package struct Recovery: Sendable {
    private let queue: EpisodeQueue
    private let client: RedisClient
    private let settings: LiveSettings
    private let logger: Logger

    /// Between one released episode and the next: the drain's slow start is what keeps the provider from tripping again;
    /// this keeps a thousand from standing first in the same millisecond.
    private static let paceMilliseconds: Int64 = 5

    package init(queue: EpisodeQueue, client: RedisClient, settings: LiveSettings, logger: Logger) {
        self.queue = queue
        self.client = client
        self.settings = settings
        self.logger = logger
    }

    private var policy: RetryPolicy { settings.current.configuration.retry }

    /// Makes one due that waits for the provider's sake, so that there is something to try it with.
    package func releaseOne() async {
        do throws(RedisError) {
            _ = try await client.run(queue.releasing(count: 1, paceMilliseconds: 0, policy: policy))
        } catch {
            logger.debug("nothing was released: \(error)")
        }
    }

    /// Told twice it does nothing more.
    /// - Returns: whether all were looked at.
    package func release() async -> Bool {
        var offset: Int64? = 0
        var delay: Int64 = 0
        var released: Int64 = 0
        while let from = offset {
            do throws(RedisError) {
                let page = try await client.run(
                    queue.releasing(
                        from: from, delayMilliseconds: delay, paceMilliseconds: Self.paceMilliseconds, policy: policy))
                (offset, delay) = (page.nextOffset, page.delayMilliseconds)
                released += page.released
            } catch {
                logger.warning("not all episodes were released: \(error)")
                return false
            }
        }
        if released > 0 {
            logger.notice("episodes that waited for the provider are due", metadata: ["count": "\(released)"])
        }
        return true
    }
}
