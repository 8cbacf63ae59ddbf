internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Why a server did not answer, for people.
struct UpstreamFailure: Error, Equatable {
    let reason: String
    /// By which `RedisError` knows what can be done: a server's own, such as `WRONGPASS`, where it refused to serve us.
    private let code: String

    /// As clients are told.
    var reply: ByteBuffer {
        let line = String(reason.map { $0.isNewline ? " " : $0 })
        return ByteBuffer(string: "-\(code) \(line)\r\n")
    }

    init(_ reason: String) {
        self.reason = reason
        code = "UPSTREAM"
    }

    /// - Parameter line: a server's error, without the `-`.
    init(refusal line: String, at place: String) {
        let words = line.split(separator: " ", maxSplits: 1)
        reason = "\(place): \(words.count > 1 ? words[1] : "")"
        code = words.first.map(String.init) ?? "UPSTREAM"
    }

    /// Reads an error of the network's library: its own texts name types of its making.
    init(of error: any Error, at place: String) {
        self.init("\(place): \(Self.words(for: error))")
    }

    /// Whether a certificate was refused, by us; why, the library does not say.
    static func isOfCertificate(_ error: any Error) -> Bool {
        String(describing: error).contains("CERTIFICATE_VERIFY_FAILED")
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as UpstreamFailure: error.reason
        case let error as NIOConnectionError: connection(error)
        case let error as IOError: text(of: error.errnoCode)
        case ChannelError.connectTimeout: "it does not answer"
        case is ChannelError: "the connection was closed"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "its certificate is for another name; redis.tls_server_name says which to expect"
        default: tls(String(describing: error))
        }
    }

    private static func connection(_ error: NIOConnectionError) -> String {
        // One family without addresses is normal: the name was not found only where no connection was even tried.
        guard let failure = error.connectionErrors.last else { return "no address is known for its name" }
        return words(for: failure.error)
    }

    private static func text(of number: Int32) -> String {
        switch number {
        case ECONNREFUSED: "nobody listens there"
        case ECONNRESET, EPIPE: "the connection was closed"
        default: unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        }
    }

    private static func tls(_ text: String) -> String {
        let known = [
            ("CERTIFICATE_EXPIRED", "it takes our certificate for expired"),
            ("UNKNOWN_CA", "it does not trust our certificate (redis.tls_cert_file)"),
            ("CERTIFICATE_REQUIRED", "it wants a certificate of ours (redis.tls_cert_file, redis.tls_key_file)"),
            (
                "CERTIFICATE_VERIFY_FAILED",
                "its certificate is not trusted; name your own authority's in redis.tls_ca_file"
            ),
            ("WRONG_VERSION_NUMBER", "it does not speak TLS; write redis:// for a server without"),
        ]
        return known.first { text.contains($0.0) }?.1 ?? "TLS failed: \(text)"
    }
}
