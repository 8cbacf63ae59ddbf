/// Why a request got no reply.
enum TransportError: Error, Sendable, Equatable {
    /// One of our own deadlines was reached.
    case timeout(String)
    /// The caller does not want the reply any more.
    case cancelled
    case tooLarge(limit: Int)
    /// The text holds a word of the kind classifiers know: ECONNREFUSED, ENOTFOUND, CERTIFICATE_VERIFY_FAILED.
    case unreachable(String)
}
