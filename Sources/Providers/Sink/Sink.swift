package import Domain
import LanguageModel

/// Takes memories that are finished.
package protocol Sink: Sendable {
    /// - Returns: whether it has it for good; false where that is still to be seen (`confirm`).
    func deliver(_ item: SinkItem) async throws(SinkFailure) -> Bool

    /// Whether it has what was handed over before.
    func confirm(_ item: SinkItem) async throws(SinkFailure) -> Bool

    /// Whether what was handed over is to be confirmed.
    var confirms: Bool { get }

    /// Must be called, once.
    func shutdown() async
}

/// A sink that is a knowledge graph, and can be asked.
package protocol GraphSearching: Sink {
    /// - Parameter limit: of facts.
    func search(_ words: String, limit: Int) async throws(SinkFailure) -> [GraphFact]
}

extension Sink {
    package var confirms: Bool { false }
}

/// Why something was not delivered.
package struct SinkFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package var failureClass: FailureClass
    /// For people, without secrets.
    package var description: String
    /// The receiver said that it did not take it; nil of that is known where no answer came.
    package var isRefusal = false
    /// Of HTTP; 0 where there was none.
    package var status = 0

    package init(_ failureClass: FailureClass, _ description: String) {
        self.failureClass = failureClass
        self.description = description
    }

    /// - Parameter status: of HTTP, which is none of success.
    init(status: Int, retryAfter: String?, _ whom: String) {
        let category: FailureCategory =
            switch status {
            case 401: .auth
            case 403: .permission
            case 404, 405: .invalidRequest
            case 408, 504: .timeout
            case 413: .requestTooLarge
            case 429: .rateLimit
            case 400, 409, 422: .invalidRequest
            case 500...: .serverError
            default: .unknown
            }
        let isPassing = [.timeout, .rateLimit, .serverError, .unknown].contains(category)
        var failure = FailureClass(
            category: category, isRetryable: isPassing,
            countsAgainstCircuit: isPassing || status == 401 || status == 403,
            retryAfterSeconds: retryAfter.flatMap(Double.init))
        // A wrong address or key is no memory's fault.
        failure.isOfConfiguration = [401, 403, 404, 405].contains(status)
        self.init(failure, "\(whom) answered HTTP \(status)")
        // A request that took too long may have been passed on.
        isRefusal = (400..<500).contains(status) && status != 408
        self.status = status
    }

    init(_ error: TransportError, _ whom: String) {
        switch error {
        case .timeout(let reason):
            self.init(.timeout, "\(whom): \(reason)")
        case .unreachable(let reason):
            self.init(
                FailureClass(category: .network, isRetryable: true, countsAgainstCircuit: true), "\(whom): \(reason)")
        case .cancelled: self.init(.aborted, "stopped")
        case .tooLarge(let limit):
            self.init(
                FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false),
                "\(whom) answered more than \(limit) bytes")
        }
    }
}
