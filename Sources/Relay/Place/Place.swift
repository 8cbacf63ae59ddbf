internal import Domain
internal import NIOCore

/// Which server commands go to. Lives on the relay's event loop alone.
protocol Place: AnyObject {
    /// Begins to look, before anybody asks.
    func start()

    /// - Parameters:
    ///   - slot: of the command's keys; nil where it has none.
    ///   - near: the server that the client talks to.
    /// - Returns: nil where it has to be asked for.
    func known(_ slot: UInt16?, near: UpstreamNode?) -> UpstreamNode?

    /// Asks for a server that is not known.
    /// - Parameter done: called once.
    func find(_ slot: UInt16?, _ done: @escaping (Result<UpstreamNode, UpstreamFailure>) -> Void)

    /// Whether it is several servers, each with slots of its own.
    var isSharded: Bool { get }

    /// All servers that hold keys, in an order that stays while the mark does.
    func nodes(_ done: @escaping (Result<(nodes: [UpstreamNode], mark: UInt8), UpstreamFailure>) -> Void)

    /// All that are known, with what they are, for people.
    var report: [RelayReport.Server] { get }

    /// What is to be done about an error in place of an answer.
    func verdict(on error: String, slot: UInt16?, from node: UpstreamNode) -> RouteVerdict

    /// Looks after connections; called every second.
    func check(at now: NIODeadline)

    func close(_ failure: UpstreamFailure)
}

enum RouteVerdict {
    /// The client is told.
    case passOn
    /// The client is told something else.
    case fail(UpstreamFailure)
    /// Another server is asked, which may have to be told that it is meant.
    case again(UpstreamNode, isAsking: Bool)
    /// The same is asked once more, a moment later.
    case later
}

/// One server, or what hides several.
final class ServerPlace: Place {
    private let only: UpstreamNode
    /// Told when it is no master any more: what it took last may be lost.
    private let onPromotion: () -> Void

    init(_ node: UpstreamNode, onPromotion: @escaping () -> Void) {
        only = node
        self.onPromotion = onPromotion
    }

    let isSharded = false

    func start() {}

    func known(_ slot: UInt16?, near: UpstreamNode?) -> UpstreamNode? { only }

    func find(_ slot: UInt16?, _ done: @escaping (Result<UpstreamNode, UpstreamFailure>) -> Void) {
        done(.success(only))
    }

    func nodes(_ done: @escaping (Result<(nodes: [UpstreamNode], mark: UInt8), UpstreamFailure>) -> Void) {
        done(.success(([only], 0)))
    }

    var report: [RelayReport.Server] { [only.report(as: "server")] }

    func verdict(on error: String, slot: UInt16?, from node: UpstreamNode) -> RouteVerdict {
        switch error.prefix(while: { $0 != " " }) {
        case "READONLY", "MASTERDOWN":
            // Its name, or who stands before it, leads to another by now.
            only.renew(UpstreamFailure("\(only.server): it is no master any more"))
            onPromotion()
        case "MOVED", "ASK":
            return .fail(
                UpstreamFailure(
                    "\(only.server): it is a node of a cluster; write redis+cluster:// or rediss+cluster://"))
        default: break
        }
        return .passOn
    }

    func check(at now: NIODeadline) { only.check(at: now) }

    func close(_ failure: UpstreamFailure) { only.close(failure) }
}
