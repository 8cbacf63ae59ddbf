internal import ServiceLifecycle

/// Work that is done again and again until the companion stops; each round says when the next is due.
package struct Periodic: Service {
    package let name: String
    let round: @Sendable () async -> Duration

    package init(name: String, round: @escaping @Sendable () async -> Duration) {
        self.name = name
        self.round = round
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause = await round()
                // Cancelled in its sleep the loop ends as well.
                do { try await Task.sleep(for: pause) } catch { return }
            }
        }
    }
}
