internal import Archive
internal import Domain
internal import LanguageModel
internal import Logging
internal import Redis
internal import Storage

/// Leases are kept while work goes on, and given back when it stops.
extension Drain {
    func keepLeases() async {
        while true {
            do { try await Task.sleep(for: .milliseconds(Lease.lengthMilliseconds / 3)) } catch { return }
            let leases = Array(held.values)
            guard !leases.isEmpty else { continue }
            do throws(RedisError) {
                var states: [LeaseState] = []
                for start in stride(from: 0, to: leases.count, by: 100) {
                    let page = Array(leases[start..<min(leases.count, start + 100)])
                    states += try await client.run(queue.extending(page))
                }
                for (lease, state) in zip(leases, states) where state != .held {
                    logger.warning(
                        "a lease is not ours any more", metadata: ["episode": "\(lease.id)", "state": "\(state)"])
                }
            } catch {
                logger.debug("leases not extended: \(error)")
            }
        }
    }

    func giveBack(_ lease: Lease, delayMilliseconds: Int64 = 0) async {
        let now = held.removeValue(forKey: lease.id) ?? lease
        do throws(RedisError) {
            _ = try await client.run(queue.givingBack([now], delayMilliseconds: delayMilliseconds))
        } catch {
            logger.debug("a lease was not given back and will run out: \(error)")
        }
        madeRoom()
    }

    /// What is in hand when the companion stops: stored if it is made, given back otherwise.
    func giveBackAll() async {
        if !made.isEmpty {
            do {
                let batch = made
                let waiting = try await store(batch)
                made = []
                for (lease, _) in batch where !waiting.contains(lease.id) { held[lease.id] = nil }
            } catch {
                logger.error("memories could not be stored before the end: \(error)")
            }
        }
        let leases = Array(held.values)
        held = [:]
        for start in stride(from: 0, to: leases.count, by: 100) {
            let page = Array(leases[start..<min(leases.count, start + 100)])
            do throws(RedisError) {
                _ = try await client.run(queue.givingBack(page))
            } catch {
                logger.debug("leases were not given back and will run out: \(error)")
            }
        }
    }
}
