/// What to search for in the memory.
package struct MemoryQuery: Equatable, Sendable {
    package var text: String
    package var key: String?
    /// As it was written: a span such as `24h`, or a time.
    package var since: String?
    package var limit: Int
}
