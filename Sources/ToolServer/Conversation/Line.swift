/// What was read up to the end of a line.
enum Line: Sendable, Equatable {
    case whole([UInt8])
    /// Longer than is taken; its bytes are gone.
    case tooLong
}
