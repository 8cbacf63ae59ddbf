/// Where an answer goes.
enum Destination: Sendable, Equatable {
    case line
    /// Into the one answer to a batch.
    case batch(Int)
}
