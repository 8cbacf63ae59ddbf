internal import ServiceLifecycle

/// Work that is done again and again until the companion stops; each round says when the next is due.
package struct Periodic: Service {
    package let name: String
    /// Rung when the next round is due at once.
    let bell: Bell?
    let round: @Sendable () async -> Duration

    package init(name: String, hurriedBy bell: Bell? = nil, round: @escaping @Sendable () async -> Duration) {
        self.name = name
        self.bell = bell
        self.round = round
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause = await round()
                if let bell {
                    await bell.wait(atMost: pause)
                } else {
                    // Cancelled in its sleep the loop ends as well.
                    do { try await Task.sleep(for: pause) } catch { return }
                }
            }
        }
    }
}

/// Work that goes on until the companion stops.
package struct Running: Service {
    let body: @Sendable () async -> Void

    package init(body: @escaping @Sendable () async -> Void) { self.body = body }

    package func run() async { await cancelWhenGracefulShutdown { await body() } }
}
