/// How the server comes to its end.
///
///     none --(input ended)--> parting --(time)--> cancelling --(calls back, or time)--> over
///       |                        +-------------(calls back)------------------------------^
///       +----------(nobody reads our answers)---> cancelling
enum Farewell: Sendable, Equatable {
    case none
    /// The client will ask nothing more; calls may still answer.
    case parting
    /// Calls are told to stop.
    case cancelling
    case over
}
