/// A request id or progress token: a string or an integer, kept as the JSON it was written in.
///
/// So it is echoed to the last digit, and 1 is another id than "1".
struct Identifier: Sendable, Hashable {
    let text: String
}
