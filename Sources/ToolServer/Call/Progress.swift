/// How far a call has come.
struct Progress: Sendable, Equatable {
    var done: Double
    var total: Double?
    var message: String?
}
