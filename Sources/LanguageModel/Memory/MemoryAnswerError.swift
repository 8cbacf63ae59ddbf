package import Domain

/// An answer of a model that is no memory.
package struct MemoryAnswerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the answer lacks.
    package var missing: String
    /// How the answer begins: redacted, one line of at most 120 characters.
    package var start: String

    package var description: String {
        start.isEmpty ? "the model answered nothing" : "the model's answer has \(missing); it begins: \(start)"
    }

    /// The model's fault, and another answer may be better: worth another try, and no reason to leave the provider alone.
    package var failure: ModelFailure {
        ModelFailure(.unusableAnswer, message: FailureMessage.bounded(description), httpStatus: 200)
    }
}

extension FailureClass {
    /// The provider works, its answer does not.
    package static let unusableAnswer = FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false)
    package static let timeout = FailureClass(category: .timeout, isRetryable: true, countsAgainstCircuit: true)
    package static let aborted = FailureClass(category: .aborted, isRetryable: true, countsAgainstCircuit: false)
    package static let contentFilter = FailureClass(
        category: .contentFilter, isRetryable: false, countsAgainstCircuit: false)
}
