internal import Domain
internal import Logging
internal import Redis
internal import Settings
internal import Storage

extension Household {
    /// Tells the queue of texts that were added while Redis took nothing.
    package func replayAdditions() -> Periodic {
        let folder = AdditionFolder(settings.atStart.state)
        return Periodic(name: "additions") {
            for file in folder.files {
                let addition: Addition
                do {
                    addition = try folder.addition(in: file)
                } catch {
                    logger.error("an added text cannot be read; it is set aside as .refused: \(error)")
                    folder.refuse(file)
                    continue
                }
                let span = addition.span(host: host, limit: settings.current.configuration.queueMaxSize)
                let queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
                do throws(RedisError) {
                    guard case .pushed = try await client.run(queue.pushingAnswer(span)) else { return .seconds(30) }
                    folder.forget(file)
                    logger.info("an added text is queued", metadata: ["episode": "\(addition.id)"])
                } catch {
                    logger.debug("an added text waits: \(error)")
                    return .seconds(1)
                }
            }
            return .seconds(1)
        }
    }
}
