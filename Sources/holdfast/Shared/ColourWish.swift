/// When there are colours; one rule for all verbs.
enum ColourWish: String, CaseIterable, Sendable {
    case auto, always, never

    /// - Parameters:
    ///   - isTerminal: whether who reads is one.
    ///   - environment: NO_COLOR, whatever it says, is a wish to go without (<https://no-color.org>).
    func isFulfilled(isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: isTerminal && environment["NO_COLOR"]?.isEmpty ?? true && environment["TERM"] != "dumb"
        }
    }
}
