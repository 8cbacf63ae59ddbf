internal import Domain
internal import LanguageModel
internal import Platform
internal import Synchronization

/// How the remote APIs do that this companion calls, each by its name: how long their calls take, how many fail, what of
/// a rate limit is left. What became of each call goes to the tools' records, too (`OwnCalls`).
package final class RemoteCalls: Sendable {
    package struct API: Sendable {
        var window = CallWindow()
        var pace = RateLimitPace()
    }

    private let apis = Mutex<[String: API]>([:])
    private let ended = Mutex<[EndedOwnCall]>([])
    /// Names at most: they come from settings.
    private static let most = 12

    package init() {}

    /// - Parameters:
    ///   - name: what people know the API by.
    ///   - failure: on its account: a call that we ended ourselves is none.
    ///   - isWatched: whether it is a figure of reliability.
    func called(_ name: String, took: Duration, failure: ToolErrorClass? = nil, isWatched: Bool = true) {
        let outcome = ToolHealth.Outcome(
            failure: failure, durationMilliseconds: Int64(took / .milliseconds(1)),
            atMilliseconds: HostClock.wallMilliseconds)
        if let tool = ToolName(own: name) { keep([EndedOwnCall(tool: tool, outcome: outcome)]) }
        guard isWatched else { return }
        change(name) {
            $0.window.add(took: took / .milliseconds(1), failed: failure != nil, at: HostClock.now().bootMilliseconds)
            if failure == nil { $0.pace.wasGranted(at: HostClock.wallMilliseconds) }
        }
    }

    /// While Redis is away the latest wait.
    private static let mostEnded = 1000

    /// - Parameter isEarlier: whether they ended before those that are kept already.
    func keep(_ calls: [EndedOwnCall], isEarlier: Bool = false) {
        ended.withLock { ended in
            ended = isEarlier ? calls + ended : ended + calls
            if ended.count > Self.mostEnded { ended.removeFirst(ended.count - Self.mostEnded) }
        }
    }

    func takeEnded() -> [EndedOwnCall] {
        ended.withLock { ended in
            defer { ended = [] }
            return ended
        }
    }

    func granted(_ name: String, share: Double, resetsAfter seconds: Double?) {
        let now = HostClock.wallMilliseconds
        let reset = seconds.map { now + Int64(min(max($0, 0), 1e9) * 1000) }
        change(name) { $0.pace.saw(share: share, reset: reset, at: now) }
    }

    private func change(_ name: String, _ body: (inout API) -> Void) {
        apis.withLock { apis in
            guard apis[name] != nil || apis.count < Self.most else { return }
            body(&apis[name, default: API()])
        }
    }

    /// What is known of each, by name.
    var known: [(name: String, api: API)] {
        apis.withLock { apis in apis.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}

/// A provider whose calls are seen.
struct WatchedProvider: ModelProvider {
    let inner: any ModelProvider
    let calls: RemoteCalls

    var name: String { inner.name }
    var fingerprint: String { inner.fingerprint }

    func complete(_ request: ModelRequest, deadline: Duration) async throws(ModelFailure) -> ModelAnswer {
        let start = ContinuousClock().now
        do throws(ModelFailure) {
            let answer = try await inner.complete(request, deadline: deadline)
            calls.called(name, took: ContinuousClock().now - start)
            if let share = answer.remainingShare {
                calls.granted(name, share: share, resetsAfter: answer.resetsAfterSeconds)
            }
            return answer
        } catch {
            note(error, since: start)
            throw error
        }
    }

    func check(deadline: Duration) async throws(ModelFailure) {
        let start = ContinuousClock().now
        do throws(ModelFailure) {
            try await inner.check(deadline: deadline)
            // Its answer is no measure of how long a memory takes.
        } catch {
            note(error, since: start)
            throw error
        }
    }

    private func note(_ failure: ModelFailure, since start: ContinuousClock.Instant) {
        switch failure.failureClass.cause {
        case .caller: return
        // It answered as it should.
        case .episode: calls.called(name, took: ContinuousClock().now - start)
        case .provider:
            calls.called(
                name, took: ContinuousClock().now - start, failure: ToolErrorClass(failure.failureClass.category))
        }
        guard failure.failureClass.category == .rateLimit else { return }
        calls.granted(name, share: 0, resetsAfter: failure.failureClass.retryAfterSeconds)
    }
}
